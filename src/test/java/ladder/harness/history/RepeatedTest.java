package ladder.harness.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.Await;
import org.junit.jupiter.api.Test;

/** What is done again and again, until it is closed or fails. */
class RepeatedTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration WAIT_MAX = Duration.ofMillis(1);

  @Test
  void aFailureIsShownAtTheEnd() {
    AtomicInteger times = new AtomicInteger();
    Repeated repeated =
        new Repeated(
            WAIT_MAX,
            7,
            _ -> {
              times.incrementAndGet();
              throw new IOException("gone");
            });
    Await.until("the first time", LIMIT, () -> times.get() > 0);
    AssertionError error = assertThrows(AssertionError.class, repeated::close);
    assertEquals("gone", error.getCause().getMessage());
    assertEquals(1, times.get());
  }

  @Test
  void itEndsWhenItIsClosed() {
    AtomicInteger times = new AtomicInteger();
    try (Repeated _ = new Repeated(WAIT_MAX, 7, _ -> times.incrementAndGet())) {
      Await.until("the third time", LIMIT, () -> times.get() >= 3);
    }
    int done = times.get();
    assertEquals(done, times.get());
  }
}
