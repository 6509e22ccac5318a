package ladder.tools.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Writes the requests of a run as bytes. Two runs of one plan draw the same random numbers, so that
 * they ask for the same; the numbers in sequence begin with the time and never come again. Used by
 * one thread.
 */
final class Requests {
  private static final long SEED = 1;

  /** Numbers for each millisecond of the start: more than a run sends in one. */
  private static final long SEQUENCE_STEP = 1_000;

  private final Plan plan;
  private final Template[] paths;
  private final Template body;
  private final String afterPath;
  private final LongSupplier random;
  private final LongSupplier sequence;
  private final StringBuilder text = new StringBuilder();

  private long next;

  Requests(Plan plan, Instant start) {
    this.plan = plan;
    this.paths =
        plan.targets().stream().map(t -> Template.parse(t.path())).toArray(Template[]::new);
    String bodyText = plan.message().body();
    this.body = Template.parse(bodyText == null ? "" : bodyText);
    StringBuilder headers = new StringBuilder();
    plan.message().headers().forEach(header -> headers.append(header).append("\r\n"));
    this.afterPath = headers.toString();
    Plan.Range range = plan.message().range();
    SplittableRandom numbers = new SplittableRandom(SEED);
    this.random = () -> numbers.nextLong(range.first(), range.last() + 1);
    this.next = start.toEpochMilli() * SEQUENCE_STEP;
    this.sequence = () -> next++;
  }

  /** The next request to this target. */
  byte[] next(int target) {
    Plan.Address server = plan.targets().get(target);
    text.setLength(0);
    text.append(plan.message().method()).append(' ');
    paths[target].render(text, random, sequence);
    text.append(" HTTP/1.1\r\nHost: ").append(server.host()).append(':').append(server.port());
    text.append("\r\n").append(afterPath);
    if (plan.message().body() == null) {
      return text.append("\r\n").toString().getBytes(UTF_8);
    }
    StringBuilder content = new StringBuilder();
    body.render(content, random, sequence);
    byte[] bytes = content.toString().getBytes(UTF_8);
    text.append("Content-Length: ").append(bytes.length).append("\r\n\r\n").append(content);
    return text.toString().getBytes(UTF_8);
  }
}
