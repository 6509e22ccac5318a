package ladder.tools.climb;

import java.time.Instant;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ladder.json.Json;
import ladder.tools.capacity.ScalabilityLaw;
import ladder.tools.climb.Comparison.Side;
import ladder.tools.load.LoadResult;
import org.jspecify.annotations.Nullable;

/** All that a climb found; as JSON for machines, as a table and as a page for people. */
record Findings(
    Instant at,
    Machine machine,
    Map<String, @Nullable String> versions,
    List<String> flags,
    @Nullable String commit,
    Scale scale,
    List<Comparison> comparisons,
    List<Carried.Point> curve,
    Carried.Figures carried) {

  /**
   * What two nodes should do, by the law fitted to one, and what they did.
   *
   * @param shared if the second adds no core: one node's throughput with all clients
   * @param apart if it brings its own machine: twice that with half of them
   */
  record Prediction(double shared, double apart, double measured) {
    double errorPercent() {
      return 100 * (shared - measured) / measured;
    }
  }

  ScalabilityLaw law() {
    return Carried.law(curve);
  }

  Prediction prediction() {
    ScalabilityLaw law = law();
    Comparison nodes = comparisons.getLast();
    return new Prediction(
        law.throughput(2 * Cases.CLIENTS),
        2 * law.throughput(Cases.CLIENTS),
        nodes.on().throughput().median());
  }

  byte[] json() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("at", at);
    all.put("machine", machine);
    all.put("sharing", machine.sharing());
    all.put("versions", versions);
    all.put("flags", flags);
    all.put("commit", commit);
    all.put("data", Map.of("users", scale.users(), "orders", scale.orders()));
    all.put("pairs", scale.pairs());
    all.put("measuredSeconds", scale.measured().toMillis() / 1e3);
    all.put("cases", comparisons.stream().map(Findings::json).toList());
    all.put("curve", curve);
    ScalabilityLaw law = law();
    all.put("law", law);
    Prediction p = prediction();
    all.put(
        "prediction",
        Map.of(
            "clients", 2 * Cases.CLIENTS,
            "sharedMachine", p.shared(),
            "ownMachines", p.apart(),
            "measured", p.measured(),
            "errorPercent", p.errorPercent()));
    all.put("carried", carried);
    return Json.write(all);
  }

  private static Map<String, Object> json(Comparison c) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", c.name());
    one.put("load", c.load());
    one.put("claim", c.claim());
    one.put("note", c.note());
    one.put("figure", c.figure().name().toLowerCase(Locale.ROOT));
    one.put("ratio", c.ratio());
    one.put("ratioSpread", c.ratios());
    one.put("off", json(c.off()));
    one.put("on", json(c.on()));
    return one;
  }

  private static Map<String, Object> json(Side side) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("label", side.label());
    one.put("throughput", side.throughput());
    one.put("p50Ms", side.p50());
    one.put("p99Ms", side.p99());
    one.put("runs", side.runs());
    return one;
  }

  /** Medians, with the least and the most in brackets. */
  @Override
  public String toString() {
    Formatter text = new Formatter(Locale.ROOT);
    var _ =
        text.format("%-11s %-18s %26s %22s %24s%n", "CASE", "", "ANSWERS/S", "P50 MS", "P99 MS");
    for (Comparison c : comparisons) {
      side(text, c.name(), c.off());
      side(text, "", c.on());
      Spread ratios = c.ratios();
      var _ =
          text.format(
              "%-11s %s times better in %s (pairs: %s to %s); the classic: %s%n",
              "",
              factor(c.ratio()),
              c.figure().name().toLowerCase(Locale.ROOT),
              factor(ratios.min()),
              factor(ratios.max()),
              c.claim());
    }
    ScalabilityLaw law = law();
    var _ =
        text.format(
            "%nOne node: X(N) = %.0f N / (1 + %.4f (N - 1) + %.6f N (N - 1)) cached reads/s%n",
            law.lambda(), law.sigma(), law.kappa());
    for (Carried.Point p : curve) {
      double fitted = law.throughput(p.clients());
      double measured = p.throughput().median();
      var _ =
          text.format(
              "  %3d clients: measured %,8.0f, law %,8.0f%n", p.clients(), measured, fitted);
    }
    Prediction p = prediction();
    var _ =
        text.format(
            "Two nodes, %d clients: the law says %,.0f/s if they share the cores as here, %,.0f/s"
                + " on machines of their own; measured here %,.0f/s: the first is off by %.0f%%.%n",
            2 * Cases.CLIENTS, p.shared(), p.apart(), p.measured(), p.errorPercent());
    var _ = text.format("%n%s%n", machine.sharing());
    return text.toString();
  }

  private static void side(Formatter text, String name, Side side) {
    Spread t = side.throughput();
    Spread p50 = side.p50();
    Spread p99 = side.p99();
    var _ =
        text.format(
            "%-11s %-18s %,10.0f (%,.0f..%,.0f) %8s (%s..%s) %8s (%s..%s)%n",
            name,
            side.label(),
            t.median(),
            t.min(),
            t.max(),
            LoadResult.millis(p50.median()),
            LoadResult.millis(p50.min()),
            LoadResult.millis(p50.max()),
            LoadResult.millis(p99.median()),
            LoadResult.millis(p99.min()),
            LoadResult.millis(p99.max()));
  }

  private static String factor(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%,.0f", ratio);
  }
}
