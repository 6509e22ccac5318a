package ladder.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
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

  private static final AnnotationElement NANOSECONDS =
      new AnnotationElement(Timespan.class, Timespan.NANOSECONDS);

  private record Field(ValueDescriptor descriptor, Function<Answered, Object> value) {}

  private static final List<Field> FIELDS = fields();

  private static final EventFactory EVENTS =
      EventFactory.create(
          List.of(
              new AnnotationElement(Name.class, "ladder.Request"),
              new AnnotationElement(Label.class, "Request"),
              new AnnotationElement(Category.class, new String[] {"Ladder"}),
              new AnnotationElement(Description.class, "One request and where its time went"),
              new AnnotationElement(StackTrace.class, false)),
          FIELDS.stream().map(Field::descriptor).toList());

  private final Event event;

  private RequestEvent(Event event) {
    this.event = event;
  }

  private static List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    fields.add(field(String.class, "route", "Route", Answered::route));
    fields.add(field(String.class, "method", "Method", Answered::method));
    fields.add(field(int.class, "status", "Status", Answered::status));
    fields.add(field(String.class, "requestId", "Request Id", Answered::requestId));
    fields.add(field(long.class, "total", "Total", Answered::nanos, NANOSECONDS));
    for (Phase phase : Phase.values()) {
      String name =
          DASH.matcher(phase.label()).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
      fields.add(
          field(long.class, name, phase.label(), a -> a.timings().nanos(phase), NANOSECONDS));
    }
    return fields;
  }

  private static Field field(
      Class<?> type,
      String name,
      String label,
      Function<Answered, Object> value,
      AnnotationElement... unit) {
    List<AnnotationElement> annotations = new ArrayList<>(List.of(unit));
    annotations.add(new AnnotationElement(Label.class, label));
    return new Field(new ValueDescriptor(type, name, annotations), value);
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
    for (int i = 0; i < FIELDS.size(); i++) {
      event.set(i, FIELDS.get(i).value().apply(answered));
    }
    event.commit();
  }
}
