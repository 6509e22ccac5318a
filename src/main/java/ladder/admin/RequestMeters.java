package ladder.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import ladder.measure.Phase;
import ladder.measure.Timings;

/**
 * The meters of one route: requests by method and status, their durations by method, and where the
 * time of all of them went. A meter is looked up by its labels once and kept, since that costs more
 * than counting. Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // an index into our own array, never stored
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

  private static final Phase[] PHASES = Phase.values();
  private static final double NANOS_PER_SECOND = 1e9;

  /** Of one method. */
  private record Method(Timer durations, ConcurrentHashMap<Integer, Counter> byStatus) {}

  private final String route;
  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, Method> methods = new ConcurrentHashMap<>();
  private final Counter[] phaseSeconds = new Counter[PHASES.length];

  RequestMeters(String route, MeterRegistry registry) {
    this.route = route;
    this.registry = registry;
    for (Phase phase : PHASES) {
      phaseSeconds[phase.ordinal()] =
          Counter.builder("ladder.http.phase.seconds")
              .tag("route", route)
              .tag("phase", phase.label())
              .register(registry);
    }
  }

  /** Shows the series of an answer before there is one. */
  void expect(String method, int status) {
    Counter _ = counter(method(method), method, status);
  }

  void answered(String name, int status, long nanos, Timings timings) {
    Method method = method(name);
    counter(method, name, status).increment();
    method.durations().record(nanos, TimeUnit.NANOSECONDS);
    for (Phase phase : PHASES) {
      if (timings.applies(phase)) {
        phaseSeconds[phase.ordinal()].increment(timings.nanos(phase) / NANOS_PER_SECOND);
      }
    }
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
