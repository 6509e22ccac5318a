package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Result;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a reader may count on, whether or not anything is kept. */
interface CacheContract {
  Cache cache();

  static String newKey() {
    return "test:" + UUID.randomUUID();
  }

  static byte[] value(long version) {
    return "{\"name\":\"Zoë\",\"version\":%d}".formatted(version).getBytes(UTF_8);
  }

  static Supplier<Optional<byte[]>> loads(byte[] value) {
    return () -> Optional.of(value);
  }

  static Optional<byte[]> neverLoads() {
    return fail("nothing should be loaded");
  }

  /** A write that commits, and is answered when this returns. */
  static void write(Cache cache, String key, byte @Nullable [] value) {
    Optional<Mark> mark = cache.change(key, value);
    mark.ifPresent(placed -> placed.placed().await());
    mark.ifPresent(placed -> placed.settling().apply(0).await());
  }

  default Found get(String key, Supplier<Optional<byte[]>> load) {
    return cache().lookUp(key).orLoad(load);
  }

  @Test
  default void whatIsNotKeptIsLoaded() {
    byte[] loaded = value(1);
    Found found = get(newKey(), loads(loaded));
    assertEquals(Result.MISS, found.result());
    assertSame(loaded, found.value());
    assertEquals(1, cache().stats().loads());
  }

  @Test
  default void whatTheSourceDoesNotHaveIsAbsent() {
    assertNull(get(newKey(), Optional::empty).value());
  }

  @Test
  default void whatTheSourceThrowsPassesThrough() {
    IllegalStateException thrown = new IllegalStateException("the source is away");
    assertSame(
        thrown,
        assertThrows(
            IllegalStateException.class,
            () ->
                get(
                    newKey(),
                    () -> {
                      throw thrown;
                    })));
  }

  @Test
  default void aReaderAfterAWriterSeesWhatWasWritten() {
    String key = newKey();
    Found _ = get(key, loads(value(1)));
    write(cache(), key, value(2));
    assertArrayEquals(value(2), get(key, loads(value(2))).value());
  }

  @Test
  default void aReaderAfterADeletionFindsNothing() {
    String key = newKey();
    Found _ = get(key, loads(value(1)));
    write(cache(), key, null);
    assertNull(get(key, Optional::empty).value());
  }
}
