package ladder.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each answer, as key-values of the logger {@code ladder.access}. The request's id is
 * in the MDC, as on every other line that the request causes.
 */
final class AccessLog {
  private static final Logger log = LoggerFactory.getLogger("ladder.access");

  /** Longer paths are cut: the log must not grow with what anyone sends. */
  private static final int CHARS_MAX = 512;

  /** Could end the line or colour a terminal. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

  private AccessLog() {}

  static void answered(
      Request request, @Nullable String caller, int status, long bytes, long nanos) {
    if (!log.isInfoEnabled()) {
      return;
    }
    LoggingEventBuilder line = log.atInfo();
    if (caller != null) {
      line = line.addKeyValue("key", printable(caller));
    }
    line =
        line.addKeyValue("client", request.clientAddress())
            .addKeyValue("method", printable(request.method()))
            .addKeyValue("route", request.route())
            .addKeyValue("path", printable(request.path()))
            .addKeyValue("status", status)
            .addKeyValue("bytes", bytes)
            .addKeyValue("durationMs", Math.round(nanos / 1_000.0) / 1_000.0);
    String traceparent = request.traceparent();
    if (traceparent != null) {
      line = line.addKeyValue("traceId", traceparent.substring(3, 35));
    }
    line.log("answered");
  }

  static String printable(String text) {
    String cut = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) : text;
    return HeadCheck.all(cut, c -> c >= ' ' && c <= '~')
        ? cut
        : UNPRINTABLE.matcher(cut).replaceAll("?");
  }
}
