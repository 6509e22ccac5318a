package ladder.admin;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import ladder.admin.Machine.Usage;
import ladder.admin.Statistics.Snapshot;
import ladder.journal.Journal;
import ladder.measure.Judge;
import ladder.measure.Phase;
import ladder.measure.Sample;
import ladder.measure.Sample.Spent;
import ladder.measure.Verdict;
import ladder.time.Clock;
import ladder.time.PeriodicTask;

/**
 * Reads all counters once a second and has the node judged by the last ten seconds, always, so that
 * a verdict is there when somebody asks. Thread-safe.
 */
public final class Watch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Long enough that a pause of a second or a few slow requests decide nothing. */
  private static final int WINDOW = 10;

  /** Readings from one look at the neighbours to the next: two fall into every window. */
  private static final int NEIGHBOURS_EVERY = 4;

  /** Others below this share of the machine need no names. */
  private static final double OTHERS_NOTABLE = 0.3;

  private static final Duration CLOSE_MAX = Duration.ofMillis(400);

  /** All counters at one moment. */
  private record Reading(
      long nanos,
      Map<Phase, Spent> time,
      Usage usage,
      Spent delay,
      Snapshot parts,
      Map<String, Double> neighbours) {}

  /** What was seen last. */
  record Seen(Verdict verdict, Traffic traffic) {}

  private final Supplier<Snapshot> parts;
  private final Metrics metrics;
  private final Machine machine;
  private final Neighbours neighbours;
  private final Judge judge;
  private final Clock clock;
  private final SchedulingDelay delay;
  private final PeriodicTask delays;
  private final PeriodicTask samples;
  private final Deque<Reading> window = new ArrayDeque<>();
  private volatile Seen seen;
  private long readings;

  /**
   * Does not watch yet.
   *
   * @param parts the statistics of all parts, asked once a second
   */
  public Watch(
      Supplier<Snapshot> parts, Metrics metrics, Machine machine, Judge judge, Clock clock) {
    this.parts = parts;
    this.metrics = metrics;
    this.machine = machine;
    this.neighbours = new Neighbours(machine.proc(), ProcessHandle.current().pid());
    this.judge = judge;
    this.clock = clock;
    this.delay = new SchedulingDelay(clock);
    this.delays = new PeriodicTask("scheduling-delay", Thread.ofVirtual(), CLOSE_MAX, delay);
    this.samples = new PeriodicTask("watch", Thread.ofVirtual(), CLOSE_MAX, this::sample);
    this.seen = see();
  }

  public Watch start() {
    delays.start();
    samples.start();
    return this;
  }

  Seen seen() {
    return seen;
  }

  private long sample() {
    seen = see();
    return INTERVAL.toNanos();
  }

  private Seen see() {
    Reading now = read();
    window.addLast(now);
    if (window.size() > WINDOW + 1) {
      window.removeFirst();
    }
    Reading then = window.getFirst();
    Traffic traffic = Traffic.between(then.parts(), now.parts(), metrics.callers().top());
    return new Seen(judge.judge(between(then, now)), traffic);
  }

  private Reading read() {
    readings++;
    Usage usage = machine.read();
    Reading last = window.peekLast();
    boolean notable =
        last != null
            && usage.others() - last.usage().others()
                > OTHERS_NOTABLE * usage.cores() * INTERVAL.toSeconds();
    return new Reading(
        clock.nanos(),
        metrics.spent(),
        usage,
        delay.spent(),
        parts.get(),
        notable && readings % NEIGHBOURS_EVERY == 0 ? neighbours.seconds() : Map.of());
  }

  private Sample between(Reading then, Reading now) {
    double seconds = Math.max(1e-3, (now.nanos() - then.nanos()) / 1e9);
    Map<Phase, Spent> time = new HashMap<>();
    now.time()
        .forEach(
            (phase, spent) ->
                time.put(phase, spent.minus(then.time().getOrDefault(phase, Spent.NOTHING))));
    Usage from = then.usage();
    Usage to = now.usage();
    return new Sample(
        seconds,
        time.getOrDefault(Phase.REST, Spent.NOTHING).requests(), // which every request has
        time,
        new Sample.Cpu(
            to.cores(),
            to.limit(),
            (to.own() - from.own()) / seconds,
            Math.max(0, to.others() - from.others()) / seconds,
            (to.throttled() - from.throttled()) / seconds,
            now.delay().minus(then.delay()).mean(),
            neighbours()),
        new Sample.Memory(
            (to.collecting() - from.collecting()) / seconds,
            to.liveShare(),
            (to.allocated() - from.allocated()) / seconds),
        backlog(then.parts().journal(), now.parts().journal(), seconds));
  }

  /** Cores used by program, between the first and the last reading that know. */
  private Map<String, Double> neighbours() {
    List<Reading> known = window.stream().filter(r -> !r.neighbours().isEmpty()).toList();
    if (known.size() < 2) {
      return Map.of();
    }
    double seconds = (known.getLast().nanos() - known.getFirst().nanos()) / 1e9;
    Map<String, Double> before = known.getFirst().neighbours();
    Map<String, Double> used = new HashMap<>();
    known
        .getLast()
        .neighbours()
        .forEach(
            (name, now) -> {
              double cores = (now - before.getOrDefault(name, now)) / seconds;
              if (cores > 0) {
                used.put(name, cores);
              }
            });
    return used;
  }

  private static Sample.Backlog backlog(Journal.Stats then, Journal.Stats now, double seconds) {
    long entries = lag(now);
    return new Sample.Backlog(
        entries, (entries - lag(then)) / seconds, now.refused() - then.refused());
  }

  private static long lag(Journal.Stats journal) {
    return journal.channels().values().stream()
        .mapToLong(Journal.ChannelStats::lagEntries)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    samples.close();
    delays.close();
  }
}
