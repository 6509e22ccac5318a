package ladder.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** Writes {@code key="value"} for each field of a line, then the request's id if it has one. */
final class Fields extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    StringBuilder text = new StringBuilder();
    List<KeyValuePair> fields = event.getKeyValuePairs();
    if (fields != null) {
      fields.forEach(f -> text.append(' ').append(f.key).append("=\"").append(f.value).append('"'));
    }
    String requestId = event.getMDCPropertyMap().get("requestId");
    return requestId == null
        ? text.toString()
        : text.append(" requestId=").append(requestId).toString();
  }
}
