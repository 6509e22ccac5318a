package ladder.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import ladder.harness.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Lines are written by another thread, and what becomes of them when it stands still. */
class QueuedLinesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ORDINARY_LINES = QueuedLines.LINES_MAX - QueuedLines.URGENT_LINES;

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger own = context.getLogger(QueuedLines.class);
  private final Stalled out = new Stalled();
  private final QueuedLines lines = new QueuedLines(Logging.encoder(false, context), out);

  @BeforeEach
  void start() {
    lines.setContext(context);
    lines.start();
    own.addAppender(lines);
    own.setAdditive(false);
  }

  @AfterEach
  void stop() {
    own.detachAppender(lines);
    own.setAdditive(true);
    out.flows.countDown();
    lines.stop();
  }

  @Test
  void writesAllLinesInOrderAndFlushesThemAtTheEnd() {
    out.flows.countDown();
    for (int i = 0; i < 1_000; i++) {
      log(Level.INFO, "line " + i);
    }
    lines.stop();
    List<String> written = out.lines("line ");
    assertEquals(1_000, written.size());
    assertTrue(written.get(999).endsWith("line 999"));
  }

  @Test
  void dropsAndCountsOrdinaryLinesWhileTheOutputStandsStill() {
    stall();
    for (int i = 0; i < ORDINARY_LINES + 7; i++) {
      log(Level.INFO, "ordinary");
    }
    out.flows.countDown();
    Await.until("the count", PATIENCE, () -> !out.lines("7 lines of the log were").isEmpty());
    assertEquals(ORDINARY_LINES, out.lines("ordinary").size());
    log(Level.INFO, "after it");
    lines.stop();
    assertEquals(1, out.lines("after it").size());
    assertEquals(1, out.lines("lines of the log were").size());
  }

  @Test
  void keepsWarningsAndErrorsWhenOrdinaryLinesAreDropped() {
    stall();
    for (int i = 0; i < QueuedLines.LINES_MAX; i++) {
      log(Level.INFO, "ordinary");
    }
    for (int i = 0; i < QueuedLines.URGENT_LINES; i++) {
      log(i % 2 == 0 ? Level.WARN : Level.ERROR, "urgent");
    }
    out.flows.countDown();
    lines.stop();
    assertEquals(QueuedLines.URGENT_LINES, out.lines("urgent").size());
  }

  @Test
  void endsWhenTheOutputStandsStillForGood() {
    stall();
    log(Level.ERROR, "lost");
    lines.stop();
    assertFalse(lines.isStarted());
    assertEquals(List.of(), out.lines("lost"));
  }

  @Test
  void writesFieldsAndTheRequestsIdAfterTheMessage() {
    out.flows.countDown();
    LoggingEvent event = event(Level.INFO, "answered");
    event.addKeyValuePair(new KeyValuePair("key", "key one"));
    event.addKeyValuePair(new KeyValuePair("status", 200));
    org.slf4j.MDC.put("requestId", "id-1");
    lines.doAppend(event);
    org.slf4j.MDC.clear();
    log(Level.WARN, "bare");
    lines.stop();
    String date = "[0-9-]{10}T[0-9:.]{12}Z ";
    List<String> written = out.lines("");
    assertTrue(
        written
            .get(0)
            .matches(
                date
                    + "INFO  ladder.access answered key=\"key one\" status=\"200\" requestId=id-1"),
        written.get(0));
    assertTrue(written.get(1).matches(date + "WARN  ladder.access bare"), written.get(1));
  }

  /** Lets the writer hang in its first write. */
  private void stall() {
    log(Level.INFO, "first");
    try {
      out.writing.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void log(Level level, String message) {
    lines.doAppend(event(level, message));
  }

  private LoggingEvent event(Level level, String message) {
    Logger logger = context.getLogger("ladder.access");
    return new LoggingEvent(getClass().getName(), logger, level, message, null, null);
  }

  /** Takes nothing until it is let flow. */
  private static final class Stalled extends OutputStream {
    final CountDownLatch writing = new CountDownLatch(1);
    final CountDownLatch flows = new CountDownLatch(1);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(byte[] bytes, int from, int count) {
      writing.countDown();
      try {
        flows.await();
      } catch (InterruptedException e) {
        throw new UncheckedIOException(new IOException(e));
      }
      synchronized (written) {
        written.write(bytes, from, count);
      }
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    List<String> lines(String part) {
      synchronized (written) {
        return Stream.of(written.toString(UTF_8).split("\n", 0))
            .filter(line -> line.contains(part))
            .toList();
      }
    }
  }
}
