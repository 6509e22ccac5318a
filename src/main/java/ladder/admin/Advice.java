package ladder.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ladder.Rung;
import ladder.measure.Bound;
import ladder.measure.Sample;
import ladder.measure.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a verdict: the next rung to climb, in a sentence. A rung once advised stays so
 * while its reasons nearly hold. Thread-safe.
 */
final class Advice {
  /** A key with more than this share of the requests, among others, is the load. */
  private static final double CALLER_GREAT = 0.6;

  /** Above it the others are too few to suffer, and the key may be the only real client. */
  private static final double CALLER_ALONE = 0.95;

  private static final double DENIED_GREAT = 0.5;

  /** Below it the cache leaves the database most of the work. */
  private static final double HITS_FEW = 0.5;

  private static final double READS_MANY = 0.3;
  private static final double THROTTLED = 0.05;

  /** A reason that holds for the rung advised last is given up only this far below. */
  private static final double STICKY = 1.25;

  /** The next rung, as in the contract. */
  enum Next {
    CACHE,
    SERVERS,
    DATABASE,
    BACKGROUND,
    LIMIT,
    NONE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record Given(Next rung, String sentence) {}

  private final Set<Rung> on;
  private Next last = Next.NONE;

  /**
   * @param on the rungs that are on
   */
  Advice(Set<Rung> on) {
    this.on = Set.copyOf(on);
  }

  synchronized Given on(Verdict verdict, Traffic traffic, List<MissingIndexes.Missing> indexes) {
    Given given =
        switch (verdict.bound()) {
          case IDLE -> idle(verdict.sample());
          case MEMORY -> memory(verdict.sample());
          case CPU -> cpu(verdict.sample(), traffic);
          case PRIMARY, REPLICA, PRIMARY_POOL, REPLICA_POOL -> database(verdict, traffic, indexes);
          case REDIS ->
              new Given(
                  Next.CACHE,
                  "Requests wait for Redis: bring it nearer, give it a processor of its own, or"
                      + " see in its SLOWLOG who else keeps it busy.");
          case JOURNAL ->
              new Given(
                  Next.BACKGROUND,
                  "Sign-ups wait for the journal's disk: put LADDER_DATA_DIR on a faster one that"
                      + " nobody else writes to, or spread sign-ups over more nodes.");
          case DOWNSTREAM -> downstream();
        };
    last = given.rung();
    return given;
  }

  private static Given idle(Sample s) {
    return new Given(
        Next.NONE,
        s.requests() == 0
            ? "Nobody asks this node for anything, so nothing can be said but that it is fine; put"
                + " a load on it to learn its bound."
            : "You are fine: nothing here is near its bound. Stop climbing; least of all is it"
                + " time for step 7, sharding.");
  }

  private static Given memory(Sample s) {
    return new Given(
        Next.SERVERS,
        "Garbage collections take %.0f %% of the time and the heap is small for the load: raise"
                .formatted(s.memory().gcShare() * 100)
            + " -Xmx, and when the machine has no more memory, add a node.");
  }

  private Given cpu(Sample s, Traffic traffic) {
    Sample.Cpu cpu = s.cpu();
    if (cpu.throttled() > THROTTLED) {
      return new Given(
          Next.SERVERS,
          "The container's limit stops this node: raise its processor limit, or add a node.");
    }
    if (cpu.others() > cpu.own()) {
      String who =
          cpu.neighbours().entrySet().stream()
              .max(Map.Entry.comparingByValue())
              .map(e -> ", most of it in " + e.getKey())
              .orElse("");
      return new Given(
          Next.NONE,
          "No rung helps: other programs use %.1f of the machine's %.0f cores%s. Move them away."
              .formatted(cpu.others(), cpu.cores(), who));
    }
    Given limit = limit(traffic);
    if (limit != null) {
      return limit;
    }
    return wantsCache(s, traffic)
        ? cache("The processors are busy with reads that the cache does not answer")
        : new Given(
            Next.SERVERS,
            "The processors are busy and reads are cached already: add a node behind the load"
                + " balancer.");
  }

  private @Nullable Given limit(Traffic traffic) {
    if (exceeds(traffic.deniedShare(), DENIED_GREAT, Next.LIMIT)) {
      return new Given(
          Next.LIMIT,
          "Most requests are over their limit already: stop their sender at the load balancer.");
    }
    Callers.Top caller = traffic.caller();
    if (caller.share() > CALLER_ALONE || !exceeds(caller.share(), CALLER_GREAT, Next.LIMIT)) {
      return null;
    }
    return new Given(
        Next.LIMIT,
        "The key %s makes %.0f %% of the requests: %s."
            .formatted(
                caller.name(),
                caller.share() * 100,
                on.contains(Rung.LIMIT)
                    ? "give it a lower limit of its own (keys create --per-minute)"
                    : "turn the limit rung on"));
  }

  private boolean wantsCache(Sample s, Traffic traffic) {
    return exceeds((double) traffic.lookups() / Math.max(1, s.requests()), READS_MANY, Next.CACHE)
        && exceeds(1 - traffic.hitRatio(), 1 - HITS_FEW, Next.CACHE);
  }

  private boolean exceeds(double value, double threshold, Next reason) {
    return value > (last == reason ? threshold / STICKY : threshold);
  }

  private Given cache(String problem) {
    return new Given(
        Next.CACHE,
        problem
            + (on.contains(Rung.CACHE)
                ? ": raise LADDER_CACHE_TTL, and see that Redis has the memory to keep values."
                : ": turn the cache rung on (LADDER_RUNGS)."));
  }

  private Given database(Verdict verdict, Traffic traffic, List<MissingIndexes.Missing> indexes) {
    String name = String.valueOf(verdict.bound().on());
    if (!indexes.isEmpty()) {
      return new Given(
          Next.DATABASE,
          "Statements on the %s read whole tables: %s"
              .formatted(name, indexes.getFirst().statement()));
    }
    Given limit = limit(traffic);
    if (limit != null) {
      return limit;
    }
    if (wantsCache(verdict.sample(), traffic)) {
      return cache("Requests wait for the " + name + ", most of them with cacheable reads");
    }
    return new Given(
        Next.DATABASE,
        switch (verdict.bound()) {
          case PRIMARY_POOL, REPLICA_POOL ->
              on.contains(Rung.POOL)
                  ? ("Requests wait for a connection of the %s: raise %s, up to twice the"
                          + " database's cores for all nodes together; with many nodes put"
                          + " PgBouncer in front.")
                      .formatted(
                          name,
                          verdict.bound() == Bound.PRIMARY_POOL
                              ? "LADDER_POOL_SIZE"
                              : "LADDER_REPLICA_POOL_SIZE")
                  : "Every request opens a connection of its own: turn the pool rung on"
                      + " (LADDER_RUNGS).";
          default ->
              verdict.bound() == Bound.PRIMARY && !on.contains(Rung.REPLICA)
                  ? "Requests wait for the primary, reads included: turn the replica rung on."
                  : ("Requests wait for the %s: look for slow statements and locks there"
                          + " (pg_stat_activity, pg_stat_statements), then give it more or faster"
                          + " cores.")
                      .formatted(name);
        });
  }

  private Given downstream() {
    return new Given(
        Next.BACKGROUND,
        on.contains(Rung.BACKGROUND)
            ? "The journal's backlog grows: a receiver is slow or away; see /journal, and raise"
                + " LADDER_CHANNEL_CONCURRENCY if it can take more at once."
            : "Sign-ups wait for email, audit and Slack: turn the background rung on"
                + " (LADDER_RUNGS).");
  }
}
