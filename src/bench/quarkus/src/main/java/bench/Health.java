package bench;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/health/live")
public class Health {
  public record Status(String status) {}

  /** Waits for nothing, and so is answered by the event loop itself. */
  @GET
  @NonBlocking
  public Status live() {
    return new Status("live");
  }
}
