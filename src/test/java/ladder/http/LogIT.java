package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import ladder.harness.Await;
import ladder.harness.RawHttp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is written down of a request. */
class LogIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger access = (Logger) LoggerFactory.getLogger("ladder.access");
  private final Level accessLevel = access.getLevel();
  private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          event.getMDCPropertyMap(); // taken on the thread that logs
          events.add(event);
        }
      };

  @BeforeEach
  void listen() {
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    access.setLevel(Level.INFO); // tests are quiet by default
  }

  @AfterEach
  void stop() {
    access.setLevel(accessLevel);
    root.detachAppender(appender);
  }

  @Test
  void logsAFaultOnceWithTheRequestsId() throws IOException {
    ask("GET /fault HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-1\r\n\r\n");
    List<ILoggingEvent> faults = events.stream().filter(LogIT::isError).toList();
    assertEquals(1, faults.size());
    assertEquals("id-1", faults.get(0).getMDCPropertyMap().get("requestId"));
  }

  @Test
  void logsNoErrorForExpectedOutcomesAndClientsThatLeave() throws IOException {
    try (Served served = Served.patient(true)) {
      try (RawHttp http = served.connect()) {
        http.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1");
      }
      served.awaitAnswered("/echo", "POST", 499);
      try (RawHttp http = served.connect()) {
        http.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
      }
      served.awaitNoThreads();
    }
    ask("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
    assertEquals(List.of(), events.stream().filter(LogIT::isError).toList());
  }

  @Test
  void writesOneAccessLineWithWhatIsKnown() throws IOException {
    ask(
        "GET /marked?secret=1 HTTP/1.1\r\nHost: a\r\n"
            + "X-Request-Id: id-2\r\nX-Forwarded-For: 192.0.2.7\r\n"
            + "traceparent: 00-"
            + TRACE
            + "-b7ad6b7169203331-01\r\n\r\n");
    assertEquals(Map.of("requestId", "id-2"), accessEvent().getMDCPropertyMap());
    Map<String, Object> line = access();
    assertTrue(line.remove("durationMs") instanceof Double);
    assertTrue((Long) line.remove("bytes") > 0);
    assertEquals(
        Map.of(
            "key",
            "key one",
            "client",
            "192.0.2.7",
            "method",
            "GET",
            "route",
            "/marked",
            "path",
            "/marked",
            "status",
            409,
            "traceId",
            TRACE),
        line);
  }

  @Test
  void writesOneLineForAClientThatLeavesWhileItIsAnswered() throws IOException {
    try (Served served = Served.patient(true)) {
      try (RawHttp http = served.connect()) {
        http.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n");
        Await.until("it is answered", Served.PATIENCE, () -> served.blocked.get() == 1);
      }
      served.awaitAnswered("/huge", "GET", 499);
      served.awaitNoThreads();
      assertEquals(1, served.answered.size());
      assertEquals(499, access().get("status"));
      assertEquals(0, served.listener.stats().inflight());
    }
  }

  @Test
  void writesNothingThatCouldForgeALine() throws IOException {
    ask(true, "GET /hello/\u001b[31m%0Aadmin\u00fc HTTP/1.1\r\nHost: a\r\n\r\n");
    Map<String, Object> line = access();
    assertEquals("/hello/?[31m%0Aadmin?", line.get("path"));
    assertFalse(line.containsKey("key") || line.containsKey("traceId"));
  }

  /** The JDK takes a method like that; ours refuses it. */
  @Test
  void writesNoMethodThatCouldForgeALine() throws IOException {
    ask(false, "G\u001b[31mT /hello/a HTTP/1.1\r\nHost: a\r\n\r\n");
    Map<String, Object> line = access();
    assertEquals("G?[31mT", line.get("method"));
    assertFalse(line.containsKey("key") || line.containsKey("traceId"));
  }

  private void ask(String request) throws IOException {
    ask(true, request);
  }

  private void ask(boolean ownEngine, String request) throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect().send(request)) {
      http.read();
      Await.until(
          "an access line", Served.PATIENCE, () -> events.stream().anyMatch(LogIT::isAccess));
    }
  }

  private Map<String, Object> access() {
    Map<String, Object> line = new TreeMap<>();
    accessEvent().getKeyValuePairs().forEach(pair -> line.put(pair.key, pair.value));
    return line;
  }

  private ILoggingEvent accessEvent() {
    List<ILoggingEvent> lines = events.stream().filter(LogIT::isAccess).toList();
    assertEquals(1, lines.size());
    return lines.get(0);
  }

  private static boolean isAccess(ILoggingEvent event) {
    return event.getLoggerName().equals("ladder.access");
  }

  private static boolean isError(ILoggingEvent event) {
    return event.getLevel().isGreaterOrEqual(Level.WARN);
  }
}
