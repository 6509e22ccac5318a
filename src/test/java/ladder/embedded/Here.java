package ladder.embedded;

import java.util.Map;

/** This system, as {@code Config} would describe it. */
final class Here {
  static final Platform PLATFORM =
      Platform.of(
          Map.of(
              "os.name", System.getProperty("os.name"),
              "os.arch", System.getProperty("os.arch"),
              "user.name", System.getProperty("user.name")));

  private Here() {}
}
