package ladder.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Two nodes on the same servers, and keys for those who call them. */
public record NodePair(LadderProcess one, LadderProcess two, List<String> keys)
    implements AutoCloseable {
  /** As {@link LadderProcess#start} does it, for a test. */
  public static NodePair start(Map<String, String> settings, int callers) {
    return start(LadderProcess::start, settings, callers);
  }

  /** As {@link LadderProcess#startPlainly} does it, for minutes of load. */
  public static NodePair startPlainly(Map<String, String> settings, int callers) {
    return start(LadderProcess::startPlainly, settings, callers);
  }

  private static NodePair start(
      BiFunction<Path, Map<String, String>, LadderProcess> start,
      Map<String, String> settings,
      int callers) {
    LadderProcess one = start.apply(LadderProcess.scratch("data"), settings);
    try {
      LadderProcess two = start.apply(LadderProcess.scratch("data"), settings);
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        keys.add(one.createKey());
      }
      return new NodePair(one, two, keys);
    } catch (IOException e) {
      one.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      one.close();
      throw e;
    }
  }

  public List<Integer> ports() {
    return List.of(one.port(), two.port());
  }

  /** Whether both take writes. */
  public boolean takesWrites() {
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
