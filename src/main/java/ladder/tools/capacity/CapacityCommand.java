package ladder.tools.capacity;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import ladder.json.Json;

/** The command {@code capacity}: a forecast from a climb's figures. */
public final class CapacityCommand {
  private final PrintStream out;

  public CapacityCommand(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints what the load needs.
   *
   * @param from the {@code climb.json} of a climb
   * @param rate requests a second, of which {@code orders} are new orders
   * @param hitRatio the share of the reads that the cache answers, 0 to 1
   * @throws ladder.failure.StartupException when {@code from} cannot be used
   */
  public int run(Path from, double rate, long users, double orders, double hitRatio, boolean json)
      throws IOException {
    Measured measured = Measured.read(from);
    Forecast forecast = Forecast.of(measured, new Forecast.Need(rate, users, orders, hitRatio));
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>(forecast.results());
      all.put("machine", measured.machine());
      all.put("measuredAt", measured.at());
      all.put("arithmetic", forecast.lines());
      out.writeBytes(Json.write(all));
      out.println();
    } else {
      out.println("From the climb of " + measured.at() + " on " + measured.machine() + ".");
      forecast.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
