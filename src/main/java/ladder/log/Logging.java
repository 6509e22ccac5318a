package ladder.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;

/** Sets up Logback in code: one appender, as text or as JSON lines. */
public final class Logging {
  /** A line without fields, or without a request, has nothing in their place. */
  private static final String PATTERN =
      "%date{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{20} %msg"
          + "%replace( %kvp){'^ $',''}"
          + "%replace( requestId=%X{requestId}){'^ requestId=$',''}"
          + "%n%ex{20}";

  private Logging() {}

  /**
   * Logs to this stream from now on; what was set up before is flushed first.
   *
   * @param level of Ladder's own loggers; libraries log from WARN on
   */
  public static void configure(boolean json, OutputStream out, Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    QueuedLines lines = new QueuedLines(encoder(json, context), out);
    lines.setContext(context);
    lines.start();
    var logger = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logger.setLevel(Level.WARN);
    logger.addAppender(lines);
    context.getLogger("ladder").setLevel(level);
    context.getLogger("net.openhft").setLevel(Level.ERROR);
    // Logs at every reconnection what our own lines log once.
    context.getLogger("io.lettuce").setLevel(Level.ERROR);
  }

  /** Writes what is still queued, within a bound; nothing is logged after it. */
  public static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  static Encoder<ILoggingEvent> encoder(boolean json, LoggerContext context) {
    Encoder<ILoggingEvent> encoder = json ? json() : text();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new PlainSlashes();
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    return encoder;
  }

  /** Leaves "/" as it is: a line with {@code http://} in it is searched for as text, too. */
  private static final class PlainSlashes extends JsonEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
      return new String(super.encode(event), UTF_8).replace("\\/", "/").getBytes(UTF_8);
    }
  }
}
