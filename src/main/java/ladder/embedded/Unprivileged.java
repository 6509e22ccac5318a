package ladder.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import ladder.failure.StartupException;

/**
 * How PostgreSQL's programs are run when this process has uid 0, which they refuse. A user
 * namespace without a mapping is the lighter way: inside, the uid reads as nobody's, while for the
 * file system it stays root, so that no file changes hands. Where namespaces are forbidden (many
 * containers) the programs run as nobody, who is then given the servers' files. Without root the
 * commands run as they are.
 */
record Unprivileged(List<String> prefix, int uid) {
  private static final int ROOT = 0;
  private static final int NOBODY = 65534;

  /** Files need no change of owner. */
  private static final int ANYONE = -1;

  private static final Duration PROBE_WAIT_MAX = Duration.ofSeconds(5);

  static final List<Unprivileged> WAYS =
      List.of(
          new Unprivileged(List.of("unshare", "-U"), ROOT),
          new Unprivileged(
              List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), NOBODY),
          new Unprivileged(List.of("runuser", "-u", "nobody", "--"), NOBODY));

  /**
   * The first of the ways that works here.
   *
   * @param passages the directories of ours that lead to the program
   */
  static Unprivileged find(
      Platform platform, List<Unprivileged> ways, List<Path> passages, Path program)
      throws IOException {
    if (!platform.root()) {
      return new Unprivileged(List.of(), ANYONE);
    }
    for (Unprivileged way : platform.mac() ? List.<Unprivileged>of() : ways) {
      for (Path passage : way.uid() == NOBODY ? passages : List.<Path>of()) {
        passable(passage);
      }
      boolean reaches =
          Command.run(way.command(program.toString(), "--version"), PROBE_WAIT_MAX).ok();
      Command.Result id = Command.run(way.command("id", "-u"), PROBE_WAIT_MAX);
      if (reaches && id.ok() && !id.output().equals("0")) {
        return way;
      }
    }
    throw new StartupException(
        "PostgreSQL refuses to run as root, and neither a user namespace nor nobody can run %s: %s."
            .formatted(program, "run Ladder as another user, or " + Platform.REMEDY),
        "");
  }

  List<String> command(String... words) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(words));
    return command;
  }

  /** Gives a file, or a directory with all that is in it, to the user that the programs run as. */
  void own(Path path) throws IOException {
    if (uid == ANYONE) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        if (!Integer.valueOf(uid)
            .equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
          Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
          Files.setAttribute(file, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  /** Another user passes through the directory without reading it. */
  private static void passable(Path directory) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
    if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
      Files.setPosixFilePermissions(directory, permissions);
    }
  }
}
