package ladder.tools.load;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import ladder.failure.StartupException;
import ladder.time.Clock;

/** The command {@code load}: says what it will do, does it, and prints what it found. */
public final class LoadCommand {
  /** A server on the way takes less; a silent address would take minutes. */
  private static final int CONNECT_MILLIS_MAX = 3_000;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  public LoadCommand(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /**
   * Prints the result on {@code out}, and all else on {@code err}.
   *
   * @param json whether the result is one JSON object
   * @return 0, or 1 when no request was answered
   * @throws StartupException when a server cannot be reached
   */
  public int run(Plan plan, boolean json) throws InterruptedException {
    plan.targets().forEach(LoadCommand::reach);
    err.println("ladder: " + plan);
    LoadResult result = new Generator(plan, clock, err::println).run();
    if (json) {
      out.writeBytes(result.json(plan));
      out.println();
    } else {
      out.print(result);
    }
    out.flush();
    if (result.statuses().isEmpty()) {
      err.println("ladder: no request was answered: is the server up, and is the load too high?");
      return 1;
    }
    return 0;
  }

  private static void reach(Plan.Address target) {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
      if (address.isUnresolved()) {
        throw new StartupException(
            "There is no host %s: correct the URL.".formatted(target.host()));
      }
      socket.connect(address, CONNECT_MILLIS_MAX);
    } catch (IOException e) {
      throw new StartupException(
          "%s:%d does not accept connections: start the server, or correct the URL."
              .formatted(target.host(), target.port()),
          e);
    }
  }
}
