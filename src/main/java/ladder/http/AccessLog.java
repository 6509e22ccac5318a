package ladder.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for each answer, as key-values of the logger {@code ladder.access}. */
final class AccessLog {
  private static final Logger log = LoggerFactory.getLogger("ladder.access");

  /** Longer paths are cut: the log must not grow with what anyone sends. */
  private static final int CHARS_MAX = 512;

  private AccessLog() {}

  static void answered(Request request, String route, int status, long bytes, long nanos) {
    if (!log.isInfoEnabled()) {
      return;
    }
    LoggingEventBuilder line = log.atInfo().addKeyValue("requestId", request.id());
    String key = request.key();
    if (key != null) {
      line = line.addKeyValue("key", printable(key));
    }
    line =
        line.addKeyValue("client", request.clientAddress())
            .addKeyValue("method", printable(request.method()))
            .addKeyValue("route", route)
            .addKeyValue("path", printable(request.path()))
            .addKeyValue("status", status)
            .addKeyValue("bytes", bytes)
            .addKeyValue("durationMs", Math.round(nanos / 1_000.0) / 1_000.0);
    String traceparent = request.traceparent();
    if (traceparent != null) {
      line = line.addKeyValue("traceId", Trace.traceId(traceparent));
    }
    line.log("answered");
  }

  // Whatever could end the line or colour a terminal becomes a question mark.
  static String printable(String text) {
    int length = Math.min(text.length(), CHARS_MAX);
    StringBuilder printable = null;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7F) {
        if (printable == null) {
          printable = new StringBuilder(text).delete(length, text.length());
        }
        printable.setCharAt(i, '?');
      }
    }
    return printable == null ? text.substring(0, length) : printable.toString();
  }
}
