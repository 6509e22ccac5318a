package ladder.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ladder.measure.Answered;
import ladder.measure.Phase;

/**
 * The meters of one route: requests by method and status, their durations by method, and where the
 * time of all of them went. A meter is looked up by its labels once and kept, since that costs more
 * than counting. Thread-safe.
 */
final class RequestMeters {
  /** From a cached read to the longest that a client waits. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  /** Of one method. */
  private record Method(Timer durations, ConcurrentHashMap<Integer, Counter> byStatus) {}

  private final String route;
  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, Method> methods = new ConcurrentHashMap<>();
  private final List<PhaseTimes> phases = Stream.of(Phase.values()).map(PhaseTimes::new).toList();

  RequestMeters(String route, MeterRegistry registry) {
    this.route = route;
    this.registry = registry;
  }

  /** Shows the series of an answer before there is one. */
  void expect(String method, int status) {
    Counter _ = counter(method(method), method, status);
  }

  void answered(Answered answered) {
    Method method = method(answered.method());
    counter(method, answered.method(), answered.status()).increment();
    method.durations().record(answered.nanos(), TimeUnit.NANOSECONDS);
    for (int i = 0; i < phases.size(); i++) { // an iterator for each request would be garbage
      phases.get(i).add(answered.timings());
    }
  }

  String route() {
    return route;
  }

  /** Where the time went, one for each phase. */
  List<PhaseTimes> phases() {
    return phases;
  }

  private Method method(String name) {
    Method known = methods.get(name);
    return known != null ? known : methods.computeIfAbsent(name, this::newMethod);
  }

  private Method newMethod(String name) {
    Timer durations =
        Timer.builder("ladder.http.request")
            .tag("route", route)
            .tag("method", name)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    return new Method(durations, new ConcurrentHashMap<>());
  }

  private Counter counter(Method method, String name, int status) {
    Counter known = method.byStatus().get(status);
    return known != null
        ? known
        : method
            .byStatus()
            .computeIfAbsent(
                status,
                s ->
                    Counter.builder("ladder.http.requests")
                        .tag("route", route)
                        .tag("method", name)
                        .tag("status", Integer.toString(s))
                        .register(registry));
  }
}
