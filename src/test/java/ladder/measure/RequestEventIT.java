package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.jfr.Timespan;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.Test;

class RequestEventIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> PHASES =
      List.of(
          "auth",
          "limit",
          "cache",
          "primaryPool",
          "replicaPool",
          "primary",
          "replica",
          "journal",
          "downstream",
          "body",
          "rest");

  private final ConcurrentLinkedQueue<RecordedEvent> events = new ConcurrentLinkedQueue<>();

  @Test
  void aRecordingSeesEachRequestWithItsPhases() {
    try (TestApp app = TestApp.start();
        RecordingStream recording = new RecordingStream()) {
      recording.enable("ladder.Request");
      recording.onEvent("ladder.Request", events::add);
      recording.startAsync();
      String path = app.newUser();
      Answer answer = app.api().get(path);
      assertEquals(200, answer.status());
      RecordedEvent signUp = await("/signup");
      assertEquals("POST", signUp.getString("method"));
      assertEquals(201, signUp.getInt("status"));
      assertTrue(signUp.getLong("primary") > 0, signUp::toString);
      assertTrue(signUp.getLong("journal") > 0, signUp::toString);
      RecordedEvent read = await("/users/{id}");
      assertEquals(answer.header("X-Request-Id"), read.getString("requestId"));
      assertEquals(0, read.getLong("primary") + read.getLong("replica"), "it was cached");
      assertTrue(read.getLong("limit") > 0 && read.getLong("cache") > 0, read::toString);
      for (RecordedEvent event : List.of(signUp, read)) {
        long sum = PHASES.stream().mapToLong(event::getLong).sum();
        assertEquals(event.getLong("total"), sum, event::toString);
        assertTrue(!event.getDuration().isZero() && event.getStackTrace() == null);
        for (String phase : PHASES) {
          assertEquals(
              Timespan.NANOSECONDS,
              event.getEventType().getField(phase).getAnnotation(Timespan.class).value());
        }
      }
    }
  }

  private RecordedEvent await(String route) {
    Await.until(
        route, PATIENCE, () -> events.stream().anyMatch(e -> e.getString("route").equals(route)));
    return events.stream().filter(e -> e.getString("route").equals(route)).findFirst().get();
  }
}
