package ladder.tools.capacity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import ladder.failure.StartupException;
import ladder.json.Json;
import ladder.json.MalformedJsonException;

/**
 * What a climb measured, as far as a forecast needs it. Seconds, bytes and requests a second.
 *
 * @param clientsMax the most clients that were measured, up to which the law is known to hold
 * @param cachedReads what one Redis was seen to carry, with a node before it
 * @param databaseReads what one PostgreSQL was
 * @param writes new orders, likewise
 * @param readHold how long a read holds a connection at most, likewise writeHold
 * @param orderBytes what an order takes on disk, indexes included
 */
record Measured(
    ScalabilityLaw law,
    int clientsMax,
    double cachedReads,
    double databaseReads,
    double writes,
    double readHold,
    double writeHold,
    double orderBytes,
    double userBytes,
    String machine,
    String at) {

  Measured {
    for (double figure :
        new double[] {
          law.lambda(),
          cachedReads,
          databaseReads,
          writes,
          readHold,
          writeHold,
          orderBytes,
          userBytes
        }) {
      if (!(figure > 0)) {
        throw new IllegalArgumentException("a figure was not measured");
      }
    }
  }

  /**
   * From {@code climb.json}.
   *
   * @throws StartupException when there is none, or it is none of this version
   */
  static Measured read(Path file) throws IOException {
    byte[] text;
    try {
      text = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new StartupException(
          "There is no %s: climb first (make climb), or name it with --from.".formatted(file));
    }
    try {
      return of(Json.read(text));
    } catch (IllegalArgumentException | MalformedJsonException | NullPointerException e) {
      throw new StartupException(
          "%s is of no whole climb of this version: climb again (make climb).".formatted(file), e);
    }
  }

  private static Measured of(JsonNode climb) {
    JsonNode law = climb.get("law");
    JsonNode carried = climb.get("carried");
    JsonNode machine = climb.get("machine");
    JsonNode curve = climb.get("curve");
    return new Measured(
        new ScalabilityLaw(
            law.get("lambda").doubleValue(),
            law.get("sigma").doubleValue(),
            law.get("kappa").doubleValue()),
        curve.get(curve.size() - 1).get("clients").intValue(),
        carried.get("cachedReadsPerSecond").doubleValue(),
        carried.get("databaseReadsPerSecond").doubleValue(),
        carried.get("writesPerSecond").doubleValue(),
        carried.get("readHoldSeconds").doubleValue(),
        carried.get("writeHoldSeconds").doubleValue(),
        carried.get("orderBytes").doubleValue(),
        carried.get("cachedUserBytes").doubleValue(),
        "%d cores, %s".formatted(machine.get("cores").intValue(), machine.get("system").asText()),
        climb.get("at").asText());
  }
}
