package ladder.tools.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import ladder.failure.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastTest {
  /** A node that does 10,000/s at most, and 1,000 orders/s of 200 bytes. */
  private static final Measured MEASURED =
      new Measured(
          new ScalabilityLaw(1_000, 0.1, 0),
          64,
          10_000,
          5_000,
          1_000,
          0.001,
          0.002,
          200,
          400,
          "a machine",
          "a day");

  @TempDir private Path dir;

  private static Forecast of(double rate, double orders) {
    return Forecast.of(MEASURED, new Forecast.Need(rate, 1_000_000, orders, 0.9));
  }

  @Test
  void countsNodesConnectionsAndBytes() {
    Forecast forecast = of(20_000, 100);
    // 64,000 / (1 + 6.3) = 8,767; 70 % of it 6,137; 20,000 of these are 3.3.
    assertEquals(4, forecast.results().get("nodes"));
    assertEquals(600_000_000L, forecast.results().get("redisBytes"));
    // 1,990/s of 1 ms are 1.99 in use: 7 connections keep those who wait below 1 %.
    assertEquals(7, forecast.results().get("replicaConnections"));
    assertEquals(2, forecast.results().get("replicaPoolSize"));
    assertEquals(100L * 365 * 86_400 * 200, forecast.results().get("yearBytes"));
    assertTrue(
        forecast.lines().contains("  20,000/s / 6,137/s = 4 nodes"),
        () -> String.join("\n", forecast.lines()));
  }

  @Test
  void saysWhichPointOfRungSevenComesFirst() {
    assertTrue(advice(1_000, 10).startsWith("stay on rung 6"));
    assertTrue(advice(9_000, 10).startsWith("measure Redis on its own"));
    assertTrue(advice(40_000, 10).startsWith("add replicas"));
    assertTrue(advice(40_000, 800).startsWith("shard the orders by user"));
    assertEquals(700.0, of(1, 0).results().get("shardingPaysAtOrdersPerSecond"));
  }

  private static String advice(double rate, double orders) {
    return String.valueOf(of(rate, orders).results().get("advice"));
  }

  @Test
  void saysWhatToDoWithoutAClimb() throws Exception {
    Path missing = dir.resolve("climb.json");
    StartupException none = assertThrows(StartupException.class, () -> Measured.read(missing));
    assertTrue(none.getMessage().contains("climb first"), none.getMessage());
    for (String old : new String[] {"{}", "", "no json", "{\"law\":{}}"}) {
      Path file = Files.writeString(dir.resolve("old.json"), old);
      StartupException e = assertThrows(StartupException.class, () -> Measured.read(file));
      assertTrue(e.getMessage().contains("climb again"), e.getMessage());
    }
  }
}
