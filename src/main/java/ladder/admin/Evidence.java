package ladder.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ladder.measure.Bound;
import ladder.measure.Phase;
import ladder.measure.Sample;
import ladder.measure.Verdict;

/**
 * One figure behind a verdict.
 *
 * @param meaning a sentence for whoever does not know the name
 */
record Evidence(String name, double value, String unit, String meaning) {
  private static final int SIGNIFICANT_MAX = 1_000;
  private static final double NOTABLE_CORES = 0.1;

  /** Of the time of all requests; less is not worth a line. */
  private static final double NOTABLE_SHARE = 0.01;

  private static final double MEBIBYTE = 1 << 20;

  /** A figure, and the bound that it speaks for. */
  private record Figure(Bound bound, Evidence evidence) {}

  /** Values with more decimals than can be meant are rounded. */
  Evidence {
    value = Math.rint(value * SIGNIFICANT_MAX) / SIGNIFICANT_MAX;
  }

  /** All figures of a sample: those of the verdict's bound first, then by pressure. */
  static List<Evidence> of(Verdict verdict, Traffic traffic) {
    List<Figure> figures = new ArrayList<>();
    Sample s = verdict.sample();
    waits(figures, s);
    backlog(figures, s);
    processors(figures, s.cpu());
    memory(figures, s.memory());
    traffic(figures, s, traffic);
    figures.sort(
        Comparator.comparing((Figure f) -> f.bound() != verdict.bound())
            .thenComparingDouble(f -> -verdict.pressures().getOrDefault(f.bound(), 0.0)));
    return figures.stream().map(Figure::evidence).toList();
  }

  private static void waits(List<Figure> figures, Sample s) {
    double all = s.concurrency(List.of(Phase.values()));
    for (Bound bound : Bound.values()) {
      double waiting = s.concurrency(bound.phases());
      if (waiting < NOTABLE_SHARE * all || waiting == 0) {
        continue;
      }
      String name = String.valueOf(bound.on());
      add(
          figures,
          bound,
          name + ".share",
          waiting / all,
          "share",
          "of the time of all requests went to: " + name);
      add(
          figures,
          bound,
          name + ".concurrency",
          waiting,
          "requests",
          "were there at a time on average (Little's law)");
      add(
          figures,
          bound,
          name + ".mean",
          s.spent(bound.phases()).mean() * 1e3,
          "ms",
          "a request that came there stayed for, on average");
    }
  }

  private static void backlog(List<Figure> figures, Sample s) {
    Sample.Backlog backlog = s.backlog();
    if (backlog.entries() > 0) {
      add(
          figures,
          Bound.DOWNSTREAM,
          "backlog",
          (double) backlog.entries(),
          "entries",
          "of the journal wait for the slowest receiver");
      add(
          figures,
          Bound.DOWNSTREAM,
          "backlog.growth",
          backlog.growth(),
          "entries/s",
          "more wait for it every second");
    }
    if (backlog.refused() > 0) {
      add(
          figures,
          Bound.JOURNAL,
          "journal.refused",
          (double) backlog.refused(),
          "appends",
          "were refused because the journal's disk was behind");
    }
  }

  private static void processors(List<Figure> figures, Sample.Cpu cpu) {
    add(
        figures,
        Bound.CPU,
        "cpu.own",
        cpu.own(),
        "cores",
        "used by Ladder, of the %s that it may use".formatted(plain(cpu.limit())));
    add(
        figures,
        Bound.CPU,
        "cpu.others",
        cpu.others(),
        "cores",
        "used by all other programs, of the machine's %s".formatted(plain(cpu.cores())));
    cpu.neighbours().entrySet().stream()
        .filter(e -> e.getValue() >= NOTABLE_CORES)
        .max(Map.Entry.comparingByValue())
        .ifPresent(
            e ->
                add(
                    figures,
                    Bound.CPU,
                    "cpu.neighbour",
                    e.getValue(),
                    "cores",
                    "of the others' are used by " + e.getKey()));
    if (cpu.throttled() > 0) {
      add(
          figures,
          Bound.CPU,
          "cpu.throttled",
          cpu.throttled(),
          "share",
          "of the time the container's limit stopped this process");
    }
    add(
        figures,
        Bound.CPU,
        "scheduling.delay",
        cpu.delaySeconds() * 1e3,
        "ms",
        "a thread that is due waits for a processor, on average");
  }

  private static void memory(List<Figure> figures, Sample.Memory memory) {
    add(
        figures,
        Bound.MEMORY,
        "gc.share",
        memory.gcShare(),
        "share",
        "of the time garbage collections stopped all threads");
    add(
        figures,
        Bound.MEMORY,
        "heap.live",
        memory.liveShare(),
        "share",
        "of the maximal heap was still in use after a collection");
    add(
        figures,
        Bound.MEMORY,
        "heap.allocated",
        memory.allocated() / MEBIBYTE,
        "MiB/s",
        "were allocated");
  }

  private static void traffic(List<Figure> figures, Sample s, Traffic traffic) {
    Bound last = Bound.IDLE;
    add(figures, last, "requests", s.requests() / s.seconds(), "1/s", "were answered");
    if (s.requests() == 0) {
      return;
    }
    add(
        figures,
        last,
        "reads.share",
        Math.min(1, (double) traffic.lookups() / s.requests()),
        "share",
        "of the requests were reads that a cache can answer");
    add(figures, last, "cache.hits", traffic.hitRatio(), "share", "of those reads it answered");
    add(
        figures,
        last,
        "limit.denied",
        traffic.deniedShare(),
        "share",
        "of the requests the limiter refused");
    if (!traffic.caller().name().isEmpty()) {
      add(
          figures,
          last,
          "key.share",
          traffic.caller().share(),
          "share",
          "of the latest requests came with the key " + traffic.caller().name());
    }
    add(
        figures,
        last,
        "replica.lag",
        traffic.replicaLag().toMillis() / 1e3,
        "s",
        "the replica is behind the primary");
    add(
        figures,
        last,
        "shed",
        (double) traffic.shed(),
        "requests",
        "were refused for want of a place");
  }

  private static void add(
      List<Figure> figures, Bound bound, String name, double value, String unit, String meaning) {
    figures.add(new Figure(bound, new Evidence(name, value, unit, meaning)));
  }

  private static String plain(double cores) {
    return cores == Math.rint(cores)
        ? Long.toString((long) cores)
        : String.format(Locale.ROOT, "%.2f", cores);
  }
}
