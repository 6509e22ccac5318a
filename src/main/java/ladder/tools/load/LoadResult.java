package ladder.tools.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import ladder.json.Json;

/**
 * What a run found.
 *
 * @param requests whose intended start lay in the measured time
 * @param seconds the measured time
 * @param throughput answers a second, whatever their status
 * @param statuses how many requests were answered so
 * @param errors how many were not answered, by kind
 */
public record LoadResult(
    long requests,
    double seconds,
    double throughput,
    Map<String, Long> statuses,
    Map<String, Long> errors,
    Latency latency) {

  /** In milliseconds, from the intended start to the whole answer. */
  public record Latency(double mean, double p50, double p90, double p99, double p999, double max) {}

  /** Reads what {@link #json} wrote. */
  public static LoadResult read(byte[] json) {
    JsonNode run = Json.read(json);
    JsonNode l = run.get("latencyMs");
    return new LoadResult(
        run.get("requests").longValue(),
        run.get("seconds").doubleValue(),
        run.get("throughput").doubleValue(),
        counts(run.get("statuses")),
        counts(run.get("errors")),
        new Latency(
            l.get("mean").doubleValue(),
            l.get("p50").doubleValue(),
            l.get("p90").doubleValue(),
            l.get("p99").doubleValue(),
            l.get("p999").doubleValue(),
            l.get("max").doubleValue()));
  }

  private static Map<String, Long> counts(JsonNode object) {
    Map<String, Long> counts = new TreeMap<>();
    object.properties().forEach(e -> counts.put(e.getKey(), e.getValue().longValue()));
    return counts;
  }

  /** One JSON object; the plan is written beside the figures. */
  byte[] json(Plan plan) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("plan", plan.toString());
    run.put("requests", requests);
    run.put("seconds", seconds);
    run.put("throughput", throughput);
    run.put("statuses", new TreeMap<>(statuses));
    run.put("errors", new TreeMap<>(errors));
    run.put("latencyMs", latency);
    return Json.write(run);
  }

  /** Answers with a status of 2xx or 304, as a share of all requests; 0 when there were none. */
  public double successShare() {
    long good = 0;
    for (Map.Entry<String, Long> status : statuses.entrySet()) {
      if (status.getKey().startsWith("2") || status.getKey().equals("304")) {
        good += status.getValue();
      }
    }
    return requests == 0 ? 0 : (double) good / requests;
  }

  /** Lines for a person. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        requests      %,d in %.1f s
        throughput    %,.1f answers/s
        statuses      %s
        no answer     %s
        latency       p50 %s   p90 %s   p99 %s   p99.9 %s   max %s ms
        """,
        requests,
        seconds,
        throughput,
        list(statuses),
        list(errors),
        millis(latency.p50),
        millis(latency.p90),
        millis(latency.p99),
        millis(latency.p999),
        millis(latency.max));
  }

  private static String list(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "none"
        : String.join(
            ", ",
            new TreeMap<>(counts)
                .entrySet().stream()
                    .map(e -> "%s: %,d".formatted(e.getKey(), e.getValue()))
                    .toList());
  }

  /** Three digits that mean something. */
  public static String millis(double millis) {
    return String.format(
        Locale.ROOT, millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%,.0f", millis);
  }
}
