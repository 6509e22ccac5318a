package ladder.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a pid from a file is still the server that wrote it. Pids are used again: one that can't
 * be proven to be that server, by its program and by the directory or file it was started on, is
 * never sent a signal.
 */
sealed interface ServerProcess {
  /** No such process: the file is stale. */
  record Gone() implements ServerProcess {}

  /** The system gave the pid to something else: the file is stale, the process none of ours. */
  record Another() implements ServerProcess {}

  /** Alive, and the system doesn't tell us what it is. */
  record Unknown() implements ServerProcess {}

  /** The server. The handle knows the start time, so it never means a later process. */
  record Ours(ProcessHandle handle) implements ServerProcess {}

  /**
   * Looks the pid up.
   *
   * @param program the name of the server's executable file
   * @param argument one of the arguments with which the server was started
   */
  static ServerProcess identify(long pid, String program, Path argument) {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid).filter(ServerProcess::alive);
    if (handle.isEmpty()) {
      return new Gone();
    }
    Optional<String> command = handle.get().info().command();
    Optional<String[]> arguments = handle.get().info().arguments();
    if (command.isEmpty() || arguments.isEmpty()) {
      return alive(handle.get()) ? new Unknown() : new Gone();
    }
    // The name starts with the program's: the system adds "(deleted)" to one that was upgraded.
    boolean ours =
        Path.of(command.get()).getFileName().toString().startsWith(program)
            && List.of(arguments.get()).contains(argument.toString());
    return ours ? new Ours(handle.get()) : new Another();
  }

  /**
   * Whether it runs. Where Ladder is process 1 of a container nobody collects the dead servers, and
   * a zombie still counts as alive for the JDK.
   */
  static boolean alive(ProcessHandle handle) {
    if (!handle.isAlive()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
      return !stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return handle.isAlive();
    }
  }
}
