package bench;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/** The management endpoint of Micronaut would be at {@code /prometheus}. */
@Controller("/metrics")
class MetricsController {
  private final PrometheusMeterRegistry registry;

  MetricsController(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  @Get(produces = "text/plain; version=0.0.4")
  @ExecuteOn(TaskExecutors.BLOCKING)
  String scrape() {
    return registry.scrape();
  }
}
