package ladder.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import ladder.failure.StartupException;

/**
 * The directory that holds what this Ladder must not lose, held by one process at a time: two would
 * corrupt journal and embedded servers.
 *
 * <p>The claim is an exclusive lock on {@code ladder.lock}, which the system drops when the process
 * dies, however it dies; the pid in the file only serves the message. Immutable after opening; safe
 * for use by several threads.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "ladder.lock";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.copyOf(PosixFilePermissions.fromString("rwx------"));
  private static final String ANOTHER = "or set LADDER_DATA_DIR to another directory";

  /** A pid has at most 19 digits; anything longer in the lock file is not ours. */
  private static final int PID_BYTES_MAX = 20;

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens the directory: made with mode 0700 when it is missing, and closed to group and others
   * when an earlier Ladder used it or it is empty.
   *
   * @throws StartupException when it cannot be written, another Ladder holds it, or it is open to
   *     others and not ours to close
   */
  public static DataDirectory open(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      var _ = Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      closeToOthers(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        claim(path, channel);
        return new DataDirectory(path, channel);
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /** What is kept here is for nobody else; but another's directory may need to stay as it is. */
  private static void closeToOthers(Path path) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    if (OWNER_ONLY.containsAll(mode)) {
      return;
    }
    try {
      if (Files.exists(path.resolve(LOCK)) || isEmpty(path)) {
        var _ = Files.setPosixFilePermissions(path, OWNER_ONLY);
        return;
      }
    } catch (FileSystemException e) {
      // It belongs to another user, and the refusal says what to do.
    }
    throw new StartupException(
        ("The data directory %s is open to other users (%s): chmod 700 it,"
                + " or set LADDER_DATA_DIR to a directory below it.")
            .formatted(path, PosixFilePermissions.toString(mode)));
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.findAny().isEmpty();
    }
  }

  private static void claim(Path path, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new StartupException(
          "Another Ladder (pid %s) uses the data directory %s: stop it, %s."
              .formatted(readPid(channel), path, ANOTHER));
    }
    channel.truncate(0);
    String pid = Long.toString(ProcessHandle.current().pid());
    channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  /** Read through the open channel: opening and closing another would drop this process's lock. */
  private static String readPid(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(PID_BYTES_MAX);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    return pid.chars().allMatch(Character::isDigit) && !pid.isEmpty() ? pid : "unknown";
  }

  private static StartupException unusable(Path path, IOException e) {
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getClass().getSimpleName();
    return new StartupException(
        "The data directory %s cannot be written (%s): make it writable for this user, %s."
            .formatted(path, reason, ANOTHER));
  }

  /** The directory, absolute. */
  public Path path() {
    return path;
  }

  /** Gives the directory up; idempotent. The lock file stays, for it is the lock that counts. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
