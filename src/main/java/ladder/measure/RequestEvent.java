package ladder.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jdk.jfr.AnnotationElement;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventFactory;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The JFR event of one request, for JDK Mission Control: from its parsed head to its answer's last
 * byte, and where that time went, in nanoseconds, with a field for each {@link Phase}. Made only
 * while a recording takes it.
 */
public final class RequestEvent {
  private static final Pattern DASH = Pattern.compile("-(.)");
  private static final Phase[] PHASES = Phase.values();

  private static final AnnotationElement NANOSECONDS =
      new AnnotationElement(Timespan.class, Timespan.NANOSECONDS);

  private static final EventFactory EVENTS =
      EventFactory.create(
          List.of(
              new AnnotationElement(Name.class, "ladder.Request"),
              new AnnotationElement(Label.class, "Request"),
              new AnnotationElement(Category.class, new String[] {"Ladder"}),
              new AnnotationElement(Description.class, "One request and where its time went"),
              new AnnotationElement(StackTrace.class, false)),
          fields());

  private final Event event;

  private RequestEvent(Event event) {
    this.event = event;
  }

  private static List<ValueDescriptor> fields() {
    List<ValueDescriptor> fields = new ArrayList<>();
    fields.add(field(String.class, "route", "Route"));
    fields.add(field(String.class, "method", "Method"));
    fields.add(field(int.class, "status", "Status"));
    fields.add(field(String.class, "requestId", "Request Id"));
    fields.add(field(long.class, "total", "Total", NANOSECONDS));
    for (Phase phase : PHASES) {
      String name =
          DASH.matcher(phase.label()).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
      fields.add(field(long.class, name, phase.label(), NANOSECONDS));
    }
    return fields;
  }

  private static ValueDescriptor field(
      Class<?> type, String name, String label, AnnotationElement... unit) {
    List<AnnotationElement> annotations = new ArrayList<>(List.of(unit));
    annotations.add(new AnnotationElement(Label.class, label));
    return new ValueDescriptor(type, name, annotations);
  }

  /** An event that has begun; null while no recording takes it, which costs no allocation. */
  public static @Nullable RequestEvent begun() {
    if (!EVENTS.getEventType().isEnabled()) {
      return null;
    }
    RequestEvent begun = new RequestEvent(EVENTS.newEvent());
    begun.event.begin();
    return begun;
  }

  /** Ends and commits it. */
  public void answered(Answered answered) {
    event.end();
    if (!event.shouldCommit()) {
      return;
    }
    List<Object> values =
        new ArrayList<>(
            List.of(
                answered.route(),
                answered.method(),
                answered.status(),
                answered.requestId(),
                answered.nanos()));
    for (Phase phase : PHASES) {
      values.add(answered.timings().nanos(phase));
    }
    for (int i = 0; i < values.size(); i++) {
      event.set(i, values.get(i));
    }
    event.commit();
  }
}
