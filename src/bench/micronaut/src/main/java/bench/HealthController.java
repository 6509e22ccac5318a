package bench;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.serde.annotation.Serdeable;

/** Waits for nothing, so it stays on the event loop. */
@Controller("/health")
class HealthController {
  @Serdeable
  record Health(String status) {}

  @Get("/live")
  Health live() {
    return new Health("live");
  }
}
