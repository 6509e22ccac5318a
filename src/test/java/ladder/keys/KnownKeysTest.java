package ladder.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration TRUST = Duration.ofSeconds(5);
  private static final ApiKey KEY = new ApiKey(1, "app", null, Instant.EPOCH, null);

  private final FakeClock clock = new FakeClock();
  private final Map<String, ApiKey> table = new ConcurrentHashMap<>(Map.of("good", KEY));
  private final AtomicInteger lookUps = new AtomicInteger();
  private volatile boolean away;
  private volatile CountDownLatch hold = new CountDownLatch(0);
  private final KnownKeys keys = new KnownKeys(this::lookUp, TRUST, clock);

  private Optional<ApiKey> lookUp(String hash) {
    int _ = lookUps.incrementAndGet();
    Optional<ApiKey> found = Optional.ofNullable(table.get(hash));
    try {
      hold.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (away) {
      throw new UnavailableException("the primary does not answer");
    }
    return found;
  }

  @Test
  void aGoodKeyIsLookedUpAgainOnlyWhenItsTrustIsOver() {
    assertEquals(Optional.of(KEY), keys.find("good"));
    clock.advance(TRUST.minusNanos(1));
    assertEquals(Optional.of(KEY), keys.find("good"));
    assertEquals(1, lookUps.get());
    table.clear();
    clock.advance(Duration.ofNanos(1));
    assertEquals(Optional.empty(), keys.find("good"));
    assertEquals(2, lookUps.get());
  }

  @Test
  void aMissIsRememberedShortly() {
    assertEquals(Optional.empty(), keys.find("wrong"));
    clock.advance(KnownKeys.MISS_TRUST.minusNanos(1));
    assertEquals(Optional.empty(), keys.find("wrong"));
    assertEquals(1, lookUps.get());
    clock.advance(Duration.ofNanos(1));
    assertEquals(Optional.empty(), keys.find("wrong"));
    assertEquals(2, lookUps.get());
  }

  @Test
  void aFloodOfWrongKeysDisplacesNoGoodOne() {
    assertEquals(Optional.of(KEY), keys.find("good"));
    for (int i = 0; i < 2 * KnownKeys.MISSES_MAX; i++) {
      assertEquals(Optional.empty(), keys.find("wrong" + i));
    }
    int before = lookUps.get();
    assertEquals(Optional.of(KEY), keys.find("good"));
    assertEquals(before, lookUps.get());
    assertEquals(Optional.empty(), keys.find("wrong0"));
    assertEquals(before + 1, lookUps.get(), "the oldest misses are forgotten: they are bounded");
  }

  @Test
  void whenThereAreTooManyGoodKeysTheOneUnusedForLongestIsLookedUpAgain() {
    for (int i = 0; i <= KnownKeys.GOOD_MAX; i++) {
      table.put("good" + i, KEY);
      assertEquals(Optional.of(KEY), keys.find("good" + i));
      assertEquals(Optional.of(KEY), keys.find("good0"));
    }
    int before = lookUps.get();
    assertEquals(Optional.of(KEY), keys.find("good0"));
    assertEquals(before, lookUps.get());
    assertEquals(Optional.of(KEY), keys.find("good1"));
    assertEquals(before + 1, lookUps.get());
  }

  @Test
  void requestsOfTheSameKeyShareOneLookUp() {
    hold = new CountDownLatch(1);
    List<Optional<ApiKey>> found = findTogether(50);
    hold.countDown();
    Await.until("all answers", PATIENCE, () -> size(found) == 50);
    assertTrue(found.stream().allMatch(Optional.of(KEY)::equals));
    assertEquals(1, lookUps.get());
  }

  @Test
  void aLookUpThatFailsFailsForAllThatWaitForItAndForNobodyLater() {
    hold = new CountDownLatch(1);
    away = true;
    List<Optional<ApiKey>> found = findTogether(50);
    hold.countDown();
    Await.until("all answers", PATIENCE, () -> size(found) == 50);
    assertTrue(found.stream().allMatch(Optional::isEmpty));
    assertEquals(1, lookUps.get());
    away = false;
    assertEquals(Optional.of(KEY), keys.find("good"));
  }

  @Test
  void anErrorOfTheLookUpIsThrownAsItIs() {
    KnownKeys broken =
        new KnownKeys(
            _ -> {
              throw new OutOfMemoryError("injected");
            },
            TRUST,
            clock);
    assertThrows(OutOfMemoryError.class, () -> broken.find("good"));
  }

  /** Empty for whoever was refused. Returns when all of them wait. */
  private List<Optional<ApiKey>> findTogether(int requests) {
    List<Optional<ApiKey>> found = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Optional<ApiKey> key;
                    try {
                      key = keys.find("good");
                    } catch (UnavailableException e) {
                      key = Optional.empty();
                    }
                    synchronized (found) {
                      found.add(key);
                    }
                  }));
    }
    Await.until(
        "all requests to wait",
        PATIENCE,
        () ->
            threads.stream()
                .map(Thread::getState)
                .allMatch(s -> s == Thread.State.WAITING || s == Thread.State.TIMED_WAITING));
    return found;
  }

  private static int size(List<?> list) {
    synchronized (list) {
      return list.size();
    }
  }

  @Test
  void goodKeysOutliveTheDatabaseWithoutALookUpForEachRequest() {
    assertEquals(Optional.of(KEY), keys.find("good"));
    clock.advance(TRUST);
    away = true;
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.of(KEY), keys.find("good"));
    }
    assertEquals(2, lookUps.get(), "the first request finds out, the others need not");
    clock.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.of(KEY), keys.find("good"));
    }
    Await.until("one probe", PATIENCE, () -> lookUps.get() == 3);
    assertThrows(UnavailableException.class, () -> keys.find("never seen"));
    clock.advance(KnownKeys.GRACE);
    assertThrows(UnavailableException.class, () -> keys.find("good"));
  }

  @Test
  void aProbeThatIsAnsweredEndsTheOutageAndWhatWasRevokedMeanwhileStopsWorking() {
    assertEquals(Optional.of(KEY), keys.find("good"));
    clock.advance(TRUST);
    away = true;
    assertEquals(Optional.of(KEY), keys.find("good"));
    away = false;
    table.clear();
    clock.advance(Duration.ofSeconds(5));
    assertEquals(Optional.of(KEY), keys.find("good"), "nobody waits for the probe");
    Await.until("the key to be refused", PATIENCE, () -> keys.find("good").isEmpty());
  }

  @Test
  void aRevokedKeyIsForgottenAlsoByALookUpUnderWay() {
    hold = new CountDownLatch(1);
    List<Optional<ApiKey>> found = findTogether(2);
    table.clear();
    keys.revoked("good");
    assertEquals(Optional.empty(), keys.find("good"));
    hold.countDown();
    Await.until("all answers", PATIENCE, () -> size(found) == 2);
    assertEquals(Optional.empty(), keys.find("good"));
  }
}
