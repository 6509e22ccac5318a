package ladder.measure;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import ladder.measure.Sample.Cpu;
import ladder.measure.Sample.Spent;
import ladder.time.Clock;

/**
 * Finds what a node is bound by. Each resource has a pressure, which is 1 where it begins to be the
 * bound: its utilisation or its queue against what it can bear (the USE method). Then what is only
 * a consequence of another bound is left out: collections use the processors, a saturated processor
 * makes every wait longer, slow statements hold the pool's connections.
 *
 * <p>It does not flip: the verdict's own pressure counts for more by {@link #STICKY}, and another
 * bound must be the greatest {@link #SETTLE} times in a row. Used by one thread.
 */
public final class Judge {
  /** Samples in a row that contradict a verdict before it changes. */
  static final int SETTLE = 3;

  /** So much more the others must have than the current bound. */
  static final double STICKY = 1.25;

  /** Above it, waits for a processor grow quickly: 1 / (1 - utilisation). */
  private static final double CPU_BUSY = 0.85;

  /** A machine that others keep busy does no harm while our threads are woken sooner. */
  private static final double DELAY_HARMFUL_SECONDS = 0.001;

  /** Of the requests' time; with less a busy processor is not what they wait for. */
  private static final double CPU_SHARE = 0.3;

  private static final double THROTTLED = 0.1;
  private static final double GC_SHARE = 0.15;
  private static final double GC_SHARE_WHEN_FULL = 0.04;
  private static final double HEAP_FULL = 0.85;
  private static final double POOL_BUSY = 0.8;

  /** A pool up to this size is the bound itself when its statements are slow, too. */
  private static final int POOL_SMALL = 4;

  private static final double STATEMENT_SLOW_SECONDS = 0.05;
  private static final long BACKLOG_LONG = 500;
  private static final double REFUSED_SHARE = 0.05;

  /** So many requests make an observation half as sure as it gets. */
  private static final double REQUESTS_FEW = 10;

  /** What is observed for less time may be chance. */
  private static final double SECONDS_FEW = 5;

  /** A pressure that is no rival. */
  private static final double FAR = 0.4;

  private static final List<Phase> WAITS = List.copyOf(EnumSet.range(Phase.AUTH, Phase.DOWNSTREAM));
  private static final List<Phase> DATABASE =
      List.of(Phase.PRIMARY_POOL, Phase.REPLICA_POOL, Phase.PRIMARY, Phase.REPLICA);

  /** A pool and its server: one of them stands for both. */
  private static final Map<Bound, Bound> PARTNERS =
      Map.of(
          Bound.PRIMARY, Bound.PRIMARY_POOL,
          Bound.PRIMARY_POOL, Bound.PRIMARY,
          Bound.REPLICA, Bound.REPLICA_POOL,
          Bound.REPLICA_POOL, Bound.REPLICA);

  /**
   * When requests wait for a resource too long.
   *
   * @param queue so many requests in it at a time saturate it
   * @param slowSeconds a wait that a user notices in the whole, when somebody always waits
   */
  private record Resource(double queue, double slowSeconds) {}

  private final Map<Bound, Resource> resources;
  private final Map<Bound, Integer> poolSizes;
  private final Clock clock;
  private Verdict current;
  private int contradicted;

  /**
   * @param primaryPool connections that the primary's pool has, likewise the replica's
   */
  public Judge(int primaryPool, int replicaPool, Clock clock) {
    this.clock = clock;
    this.poolSizes = Map.of(Bound.PRIMARY_POOL, primaryPool, Bound.REPLICA_POOL, replicaPool);
    this.resources =
        Map.of(
            Bound.PRIMARY, new Resource(POOL_BUSY * primaryPool, 0.05),
            Bound.REPLICA, new Resource(POOL_BUSY * replicaPool, 0.05),
            Bound.PRIMARY_POOL, new Resource(2, 0.02),
            Bound.REPLICA_POOL, new Resource(2, 0.02),
            Bound.REDIS, new Resource(8, 0.005),
            Bound.JOURNAL, new Resource(POOL_BUSY * primaryPool, 0.05),
            Bound.DOWNSTREAM, new Resource(8, 0.05));
    Sample nothing =
        new Sample(
            1,
            0,
            Map.of(),
            new Cpu(1, 1, 0, 0, 0, 0, Map.of()),
            new Sample.Memory(0, 0, 0),
            new Sample.Backlog(0, 0, 0));
    this.current = new Verdict(Bound.IDLE, 0, clock.now(), Map.of(), nothing);
  }

  /** The verdict after one more sample, which covers the last seconds; at most one a second. */
  public Verdict judge(Sample sample) {
    Map<Bound, Double> pressures = pressures(sample);
    Bound greatest =
        pressures.keySet().stream()
            .filter(bound -> at(pressures, bound) >= 1)
            .max(Comparator.comparingDouble(bound -> time(bound, pressures, sample)))
            .orElse(Bound.IDLE);
    contradicted = greatest == current.bound() ? 0 : contradicted + 1;
    boolean changes = contradicted >= SETTLE;
    Bound bound = changes ? greatest : current.bound();
    contradicted = changes ? 0 : contradicted;
    current =
        new Verdict(
            bound,
            confidence(bound, pressures, sample),
            changes ? clock.now() : current.since(),
            pressures,
            sample);
    return current;
  }

  /** Of those that are at their bound, the one that costs the requests most is the bound. */
  private double time(Bound bound, Map<Bound, Double> pressures, Sample s) {
    Bound partner = PARTNERS.getOrDefault(bound, bound);
    boolean both = partner != bound && at(pressures, partner) == 0;
    double time = waiting(s, bound) + (both ? waiting(s, partner) : 0);
    return current.bound() == bound ? STICKY * time : time;
  }

  /** How far the bound is ahead of the next, less when little was observed. */
  private static double confidence(Bound bound, Map<Bound, Double> pressures, Sample sample) {
    double next =
        pressures.entrySet().stream()
            .filter(e -> e.getKey() != bound)
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElse(0);
    double own = at(pressures, bound);
    double ahead = bound == Bound.IDLE ? 1 - next / 2 : own / (own + Math.max(next, FAR)) * own;
    double requests = sample.requests();
    boolean byRequests = bound != Bound.IDLE && bound != Bound.MEMORY;
    double observed = byRequests ? requests / (requests + REQUESTS_FEW) : 1;
    return Math.clamp(ahead, 0, 1) * observed * Math.min(1, sample.seconds() / SECONDS_FEW);
  }

  private Map<Bound, Double> pressures(Sample s) {
    Map<Bound, Double> p = new EnumMap<>(Bound.class);
    double gcShare = s.memory().gcShare();
    boolean full = s.memory().liveShare() > HEAP_FULL;
    p.put(Bound.MEMORY, gcShare / (full ? GC_SHARE_WHEN_FULL : GC_SHARE));
    Cpu cpu = s.cpu();
    double harm = Math.min(1, cpu.delaySeconds() / DELAY_HARMFUL_SECONDS);
    double machine = (cpu.own() + cpu.others()) / cpu.cores();
    double used = Math.max(cpu.own() / cpu.limit(), machine * harm);
    boolean working = s.requests() >= s.seconds();
    p.put(Bound.CPU, working ? Math.max(used / CPU_BUSY, cpu.throttled() / THROTTLED) : 0);
    resources.forEach((bound, resource) -> p.put(bound, pressure(s, bound, resource)));
    if (s.backlog().refused() > REFUSED_SHARE * s.requests()) {
      p.merge(Bound.JOURNAL, 2.0, Math::max);
    }
    if (s.backlog().growth() > 0) {
      double backlog = (double) s.backlog().entries() / BACKLOG_LONG;
      p.merge(Bound.DOWNSTREAM, Math.min(STICKY, backlog), Math::max);
    }
    p.computeIfPresent(current.bound(), (_, pressure) -> pressure * STICKY);
    leaveOutConsequences(p, s);
    return p;
  }

  private static double at(Map<Bound, Double> pressures, Bound bound) {
    return pressures.getOrDefault(bound, 0.0);
  }

  private static double pressure(Sample s, Bound bound, Resource resource) {
    double waiting = waiting(s, bound);
    double slowness = s.spent(bound.phases()).mean() / resource.slowSeconds();
    return Math.max(waiting / resource.queue(), slowness * Math.min(1, waiting));
  }

  private void leaveOutConsequences(Map<Bound, Double> p, Sample s) {
    if (at(p, Bound.MEMORY) >= 1) {
      p.replaceAll((bound, pressure) -> bound == Bound.MEMORY ? pressure : 0);
      return;
    }
    double saturated = at(p, Bound.CPU);
    if (saturated >= 1 && (makesRequestsWait(s) || !waitsElsewhere(p))) {
      Bound user = greatestUser(s);
      p.replaceAll((bound, pressure) -> bound == user ? Math.max(pressure, saturated) : 0);
      return;
    }
    p.put(Bound.CPU, Math.min(saturated, 1 / STICKY));
    if (at(p, Bound.JOURNAL) >= 1 && isMore(s, Bound.JOURNAL, Bound.PRIMARY)) {
      p.put(Bound.PRIMARY_POOL, 0.0); // its connections are held meanwhile
    }
    choose(p, s, Bound.PRIMARY_POOL, Bound.PRIMARY);
    choose(p, s, Bound.REPLICA_POOL, Bound.REPLICA);
  }

  private boolean waitsElsewhere(Map<Bound, Double> p) {
    return resources.keySet().stream().anyMatch(bound -> at(p, bound) >= 1);
  }

  /**
   * Whether requests lose their time for want of a processor, however busy it is: in our own work,
   * and in being woken late when a wait is over.
   */
  private boolean makesRequestsWait(Sample s) {
    long wakeUps = s.requests();
    for (Phase phase : WAITS) {
      wakeUps += s.spent(List.of(phase)).requests();
    }
    double lost = s.spent(List.of(Phase.REST)).seconds() + wakeUps * s.cpu().delaySeconds();
    double all = s.spent(List.of(Phase.REST)).seconds() + s.spent(WAITS).seconds();
    return lost > CPU_SHARE * (current.bound() == Bound.CPU ? 1 / STICKY : 1) * all;
  }

  /** Who uses the processors: a server of ours on this machine, if requests mostly wait for it. */
  private Bound greatestUser(Sample s) {
    Bound database = isMore(s, Bound.PRIMARY, Bound.REPLICA) ? Bound.PRIMARY : Bound.REPLICA;
    double all = s.concurrency(WAITS);
    boolean away = resources.containsKey(current.bound());
    double half = (away ? 1 / STICKY : STICKY) / 2;
    if (uses(s, "postgres", half) && s.concurrency(DATABASE) > half * all) {
      return database;
    }
    return uses(s, "redis-server", half) && waiting(s, Bound.REDIS) > half * all
        ? Bound.REDIS
        : Bound.CPU;
  }

  private static boolean uses(Sample s, String program, double share) {
    return s.cpu().neighbours().getOrDefault(program, 0.0)
        > share * (s.cpu().own() + s.cpu().others());
  }

  private boolean isMore(Sample s, Bound one, Bound other) {
    double weight = current.bound() == one ? STICKY : current.bound() == other ? 1 / STICKY : 1;
    return weight * waiting(s, one) > waiting(s, other);
  }

  private static double waiting(Sample s, Bound bound) {
    return s.concurrency(bound.phases());
  }

  /**
   * More connections help against quick statements, and where there are very few; else the queue
   * only moves into the server.
   */
  private void choose(Map<Bound, Double> p, Sample s, Bound pool, Bound server) {
    double queue = at(p, pool);
    if (queue < 1) {
      return;
    }
    double slow = STATEMENT_SLOW_SECONDS * (current.bound() == pool ? STICKY : 1);
    Spent statements = s.spent(server.phases());
    boolean helps = statements.mean() < slow || poolSizes.getOrDefault(pool, 0) <= POOL_SMALL;
    p.put(helps ? server : pool, 0.0);
    p.merge(helps ? pool : server, queue, Math::max);
  }
}
