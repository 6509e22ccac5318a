package ladder.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class SignalsTest {
  private final FakeClock clock = new FakeClock();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Signals signals =
      new Signals(() -> calls.add("drain"), () -> calls.add("stop"), clock);

  @Test
  void theFirstSignalDrainsAndTheSecondStops() {
    signals.received();
    assertEquals(List.of("drain"), calls);
    clock.advance(Duration.ofMillis(201));
    signals.received();
    assertEquals(List.of("drain", "stop"), calls);
  }

  @Test
  void anEchoCountsAsOneSignal() {
    signals.received();
    signals.received();
    clock.advance(Duration.ofMillis(200));
    signals.received();
    assertEquals(List.of("drain"), calls);
  }

  @Test
  void anEchoThatArrivesAtTheSameMomentCountsAsOneSignal() {
    for (int i = 0; i < 200; i++) {
      List<String> calls = new CopyOnWriteArrayList<>();
      Signals pair = new Signals(() -> calls.add("drain"), () -> calls.add("stop"), clock);
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        threads.execute(pair::received);
        threads.execute(pair::received);
      }
      assertEquals(List.of("drain"), calls);
    }
  }
}
