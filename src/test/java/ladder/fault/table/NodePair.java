package ladder.fault.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;

/** Two nodes on the same servers, and keys for those who call them. */
record NodePair(LadderProcess one, LadderProcess two, List<String> keys) implements AutoCloseable {
  static NodePair start(Map<String, String> settings, int callers) throws IOException {
    LadderProcess one = LadderProcess.startPlainly(LadderProcess.scratch("data"), settings);
    try {
      LadderProcess two = LadderProcess.startPlainly(LadderProcess.scratch("data"), settings);
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        keys.add(one.createKey());
      }
      return new NodePair(one, two, keys);
    } catch (IOException | RuntimeException | Error e) {
      one.close();
      throw e;
    }
  }

  List<Integer> ports() {
    return List.of(one.port(), two.port());
  }

  /** Whether both take writes. */
  boolean takesWrites() {
    for (LadderProcess node : List.of(one, two)) {
      String email = "probe.%s@example.com".formatted(Long.toHexString(System.nanoTime()));
      try (LadderClient client = node.client(keys.getFirst())) {
        if (client.signUp(email).status() != 201) {
          return false;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return true;
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
