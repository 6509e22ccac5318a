package ladder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.json.Json;
import ladder.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what a {@link Source} gives to all who look, by server-sent events (HTML, 9.2). There is no
 * task: the viewer that first finds the last snapshot a period old takes the next one, for all. So
 * nothing runs while nobody looks, and ten viewers cost one snapshot a period and ten writes. A
 * viewer that does not read blocks its own thread and misses what was taken meanwhile.
 *
 * <p>The engine bounds an answer to 60 s. So a stream asks its viewer to open the next one ({@code
 * renew}) and ends a few seconds later, which leaves no gap between the two. Thread-safe.
 */
public final class Feed {
  private static final Logger log = LoggerFactory.getLogger(Feed.class);

  /** What is shown. Called by one thread at a time. */
  public interface Source {
    /** The state of things now. */
    Map<String, Object> snapshot();

    /** Called with true before the first of those who look, with false after the last. */
    void watched(boolean on);
  }

  static final Duration PERIOD = Duration.ofSeconds(1);

  /** Operators are few; a page that renews its stream counts twice for a moment. */
  static final int VIEWERS_MAX = 32;

  /** Five minutes, for whoever looks later. */
  static final int POINTS_MAX = 300;

  static final Duration RENEW = Duration.ofSeconds(40);
  static final Duration END = Duration.ofSeconds(45);

  /** The member of a snapshot that the charts show over time. */
  private static final String POINT = "traffic";

  /**
   * One snapshot as it is sent.
   *
   * @param number counts them
   */
  @SuppressWarnings("ArrayRecordComponent") // written, never compared
  record Frame(long number, long takenNanos, byte[] event) {}

  /** A moment of the charts, for those who come later. */
  private record Point(long atMillis, Object values) {}

  private final Source source;
  private final Clock clock;
  private final Deque<Point> points = new ArrayDeque<>();
  private Frame last;
  private int viewers;

  public Feed(Source source, Clock clock) {
    this.source = source;
    this.clock = clock;
    this.last = new Frame(0, clock.nanos() - PERIOD.toNanos(), new byte[0]);
  }

  /**
   * Answers with the stream: what was taken after {@code since} (milliseconds since 1970, by
   * default all) as one {@code history}, then a {@code snapshot} each second; or {@code full} when
   * too many look.
   */
  Response open(Request request) {
    String since = request.query().getOrDefault("since", "0");
    if (!since.matches("[0-9]{1,15}")) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "since must be milliseconds since 1970, without a fraction");
    }
    return Response.stream("text/event-stream", out -> stream(out, Long.parseLong(since)))
        .with("Cache-Control", "no-store")
        .with("X-Accel-Buffering", "no"); // nginx passes it on as it comes
  }

  void stream(OutputStream out, long sinceMillis) throws IOException {
    if (!enter()) {
      send(out, event("full", Map.of("viewersMax", VIEWERS_MAX)));
      return;
    }
    try {
      show(out, sinceMillis);
    } catch (RuntimeException e) { // the head is sent: nobody else can answer for it
      log.error("the page gets no figures", e);
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException().initCause(e);
    } finally {
      leave();
    }
  }

  private void show(OutputStream out, long sinceMillis) throws IOException, InterruptedException {
    long beganNanos = clock.nanos();
    send(out, event("history", history(sinceMillis)));
    boolean renewed = false;
    long seen = 0;
    for (long age = 0; age < END.toNanos(); age = clock.nanos() - beganNanos) {
      Frame frame = next(seen);
      seen = frame.number();
      send(out, frame.event());
      if (!renewed && age >= RENEW.toNanos()) {
        renewed = true;
        send(out, event("renew", Map.of()));
      }
    }
  }

  /** Waits for a snapshot that the viewer has not seen and that is not older than a period. */
  synchronized Frame next(long seen) throws InterruptedException {
    while (true) {
      long leftNanos = last.takenNanos() + PERIOD.toNanos() - clock.nanos();
      if (leftNanos <= 0) {
        take();
      } else if (last.number() > seen) {
        return last;
      } else {
        wait(Duration.ofNanos(leftNanos).toMillis() + 1);
      }
    }
  }

  private synchronized void take() {
    Map<String, Object> snapshot = source.snapshot();
    last = new Frame(last.number() + 1, clock.nanos(), event("snapshot", snapshot));
    Object point = snapshot.get(POINT);
    if (point != null) {
      points.addLast(new Point(clock.now().toEpochMilli(), point));
      if (points.size() > POINTS_MAX) {
        points.removeFirst();
      }
    }
    notifyAll();
  }

  private synchronized List<Object> history(long sinceMillis) {
    List<Object> later = new ArrayList<>();
    for (Point point : points) {
      if (point.atMillis() > sinceMillis) {
        later.add(point.values());
      }
    }
    return later;
  }

  synchronized boolean enter() {
    if (viewers == VIEWERS_MAX) {
      return false;
    }
    if (viewers++ == 0) {
      source.watched(true);
    }
    return true;
  }

  synchronized void leave() {
    if (--viewers == 0) {
      source.watched(false);
    }
  }

  private static byte[] event(String name, Object data) {
    String json = new String(Json.write(data), UTF_8);
    return "event: %s\ndata: %s\n\n".formatted(name, json).getBytes(UTF_8);
  }

  private static void send(OutputStream out, byte[] event) throws IOException {
    out.write(event);
    out.flush();
  }
}
