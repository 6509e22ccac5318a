package ladder;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** Sets up Logback in code: one appender, as text or as JSON lines. */
public final class Logging {
  private static final String PATTERN =
      "%date{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{20} %msg%replace( %kvp){'^ $', ''}"
          + "%replace( requestId=%mdc{requestId}){' requestId=$', ''}%n%ex{20}";

  public static final String STANDARD_OUTPUT = "System.out";
  public static final String STANDARD_ERROR = "System.err";

  private Logging() {}

  /**
   * @param level of Ladder's own loggers; libraries log from WARN on
   */
  public static void configure(boolean json, String target, Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget(target);
    console.setEncoder(json ? json(context) : text(context));
    console.start();
    var logger = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logger.setLevel(Level.WARN);
    logger.addAppender(console);
    context.getLogger("ladder").setLevel(level);
    context.getLogger("net.openhft").setLevel(Level.ERROR);
    // Logs at every reconnection what our own lines log once.
    context.getLogger("io.lettuce").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new PlainSlashes();
    encoder.setContext(context);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.start();
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
