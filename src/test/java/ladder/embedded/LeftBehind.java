package ladder.embedded;

import java.nio.file.Path;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.time.Clock;

/** A Ladder that starts its servers and is then killed: the main class of a process of its own. */
final class LeftBehind {
  static final String READY = "started";

  private LeftBehind() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedServers.start(
        Path.of(arguments[0]), Here.PLATFORM, new Wanted(true, true, true), Clock.system());
    System.out.println(READY);
    System.in.read();
  }
}
