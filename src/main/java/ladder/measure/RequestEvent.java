package ladder.measure;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The JFR event of one request, for JDK Mission Control: from its parsed head to its answer's last
 * byte, and where that time went, in nanoseconds. Made only while a recording takes it.
 */
@Name("ladder.Request")
@Label("Request")
@Category("Ladder")
@Description("One request and where its time went")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // JFR reads the fields
public final class RequestEvent extends Event {
  @Label("Route")
  private String route = "";

  @Label("Method")
  private String method = "";

  @Label("Status")
  private int status;

  @Label("Request Id")
  private String requestId = "";

  @Label("Total")
  @Timespan
  private long total;

  @Label("Auth")
  @Timespan
  private long auth;

  @Label("Limit")
  @Timespan
  private long limit;

  @Label("Cache")
  @Timespan
  private long cache;

  @Label("Primary Pool")
  @Timespan
  private long primaryPool;

  @Label("Replica Pool")
  @Timespan
  private long replicaPool;

  @Label("Primary")
  @Timespan
  private long primary;

  @Label("Replica")
  @Timespan
  private long replica;

  @Label("Journal")
  @Timespan
  private long journal;

  @Label("Downstream")
  @Timespan
  private long downstream;

  @Label("Body")
  @Timespan
  private long body;

  @Label("Rest")
  @Timespan
  private long rest;

  private RequestEvent() {}

  /** An event that has begun; null while no recording takes it, which costs no allocation. */
  public static @Nullable RequestEvent begun() {
    RequestEvent event = new RequestEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.begin();
    return event;
  }

  /** Ends and commits it. */
  public void answered(Answered answered) {
    end();
    if (!shouldCommit()) {
      return;
    }
    Timings timings = answered.timings();
    route = answered.route();
    method = answered.method();
    status = answered.status();
    requestId = answered.requestId();
    total = answered.nanos();
    auth = timings.nanos(Phase.AUTH);
    limit = timings.nanos(Phase.LIMIT);
    cache = timings.nanos(Phase.CACHE);
    primaryPool = timings.nanos(Phase.PRIMARY_POOL);
    replicaPool = timings.nanos(Phase.REPLICA_POOL);
    primary = timings.nanos(Phase.PRIMARY);
    replica = timings.nanos(Phase.REPLICA);
    journal = timings.nanos(Phase.JOURNAL);
    downstream = timings.nanos(Phase.DOWNSTREAM);
    body = timings.nanos(Phase.BODY);
    rest = timings.nanos(Phase.REST);
    commit();
  }
}
