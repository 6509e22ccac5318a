package ladder.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rung turned off: every read loads. */
public final class NoCache implements Cache {
  private final LongAdder loads = new LongAdder();

  @Override
  public CompletableFuture<byte @Nullable []> begin(String key) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Found get(
      String key, CompletableFuture<byte @Nullable []> begun, Supplier<Optional<byte[]>> load) {
    loads.increment();
    return new Found(Result.MISS, load.get().orElse(null));
  }

  @Override
  public void put(String key, byte[] value) {}

  @Override
  public void remove(String key) {}

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0, 0, loads.sum());
  }
}
