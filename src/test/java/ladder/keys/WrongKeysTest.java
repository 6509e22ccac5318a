package ladder.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.keys.ApiKeys.Check;
import ladder.keys.ApiKeys.Check.Found;
import ladder.keys.ApiKeys.Check.TooMany;
import ladder.keys.ApiKeys.Check.Unknown;
import org.junit.jupiter.api.Test;

class WrongKeysTest {
  private static final ApiKey KEY = new ApiKey(1, "app", null, Instant.EPOCH, null);
  private static final String CLIENT = "192.0.2.1";

  private final FakeClock clock = new FakeClock();
  private final WrongKeys keys = new WrongKeys(clock);
  private final AtomicInteger lookUps = new AtomicInteger();

  private Check wrong(String address) {
    return keys.limited(address, () -> found(Optional.empty()));
  }

  private Optional<ApiKey> found(Optional<ApiKey> key) {
    int _ = lookUps.incrementAndGet();
    return key;
  }

  private void guess(String address) {
    for (int i = 0; i < WrongKeys.BURST; i++) {
      assertEquals(new Unknown(), wrong(address));
    }
  }

  @Test
  void whoTriesTooManyWrongKeysIsRefusedWithoutALookUp() {
    guess(CLIENT);
    assertEquals(new TooMany(WrongKeys.REFILL), wrong(CLIENT));
    assertEquals(
        new TooMany(WrongKeys.REFILL), keys.limited(CLIENT, () -> found(Optional.of(KEY))));
    assertEquals(WrongKeys.BURST, lookUps.get());
    clock.advance(WrongKeys.REFILL.minusMillis(1));
    assertEquals(new TooMany(Duration.ofMillis(1)), wrong(CLIENT));
    clock.advance(Duration.ofMillis(1));
    assertEquals(new Unknown(), wrong(CLIENT));
    assertEquals(new TooMany(WrongKeys.REFILL), wrong(CLIENT));
  }

  @Test
  void goodKeysCostNothing() {
    for (int i = 0; i < 10 * WrongKeys.BURST; i++) {
      assertEquals(new Found(KEY), keys.limited(CLIENT, () -> found(Optional.of(KEY))));
    }
    guess(CLIENT);
  }

  @Test
  void aRestIsNotSavedUpBeyondTheBurst() {
    clock.advance(Duration.ofDays(1));
    guess(CLIENT);
    assertInstanceOf(TooMany.class, wrong(CLIENT));
  }

  @Test
  void oneAddressDoesNotAnswerForAnother() {
    guess(CLIENT);
    guess("192.0.2.2");
    guess("2001:db8::1");
    assertInstanceOf(TooMany.class, wrong("2001:db8:0:0:ffff::2"));
    assertEquals(new Unknown(), wrong("2001:db8:0:1::1"));
  }

  @Test
  void addressesAreBounded() {
    guess(CLIENT);
    for (int i = 0; i < WrongKeys.ADDRESSES_MAX; i++) {
      assertEquals(new Unknown(), wrong("10.0.%d.%d".formatted(i / 256, i % 256)));
    }
    assertEquals(new Unknown(), wrong(CLIENT), "the one unused for longest starts afresh");
  }

  @Test
  void theNetworkOfAnAddressIsWhatOneClientHas() {
    assertEquals("192.0.2.1", WrongKeys.network("192.0.2.1"));
    assertEquals("fe80000000000000", WrongKeys.network("fe80:0:0:0:1:2:3:4%eth0"));
    assertEquals("c0000201", WrongKeys.network("::ffff:192.0.2.1"));
  }

  @Test
  void wrongKeysSentAtOnceAreLookedUpAFewAtATime() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<Future<Check>> outcomes = new ArrayList<>();
    AtomicInteger underWay = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10 * WrongKeys.BURST; i++) {
        outcomes.add(
            threads.submit(
                () ->
                    keys.limited(
                        CLIENT,
                        () -> {
                          int _ = underWay.incrementAndGet();
                          try {
                            release.await();
                          } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                          }
                          return found(Optional.empty());
                        })));
      }
      Await.until(
          "a few look-ups", Duration.ofSeconds(20), () -> underWay.get() == WrongKeys.LOOK_UPS_MAX);
      release.countDown();
    }
    long unknown =
        outcomes.stream()
            .filter(f -> f.state() == Future.State.SUCCESS)
            .filter(f -> f.resultNow().equals(new Unknown()))
            .count();
    assertEquals(lookUps.get(), unknown);
    assertEquals(true, unknown < WrongKeys.BURST + WrongKeys.LOOK_UPS_MAX, () -> "" + unknown);
  }
}
