package ladder.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import ladder.failure.StartupException;

/**
 * The directory that holds what this Ladder must not lose, held by one process at a time: journal
 * and embedded servers would be torn by two.
 *
 * <p>The claim is an exclusive lock on {@code ladder.lock}, which the system drops when the process
 * dies, however it dies; the pid in the file only serves the message. Immutable after opening; safe
 * for use by several threads.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "ladder.lock";
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
   * Opens the directory, making it (mode 0700) when it is missing.
   *
   * @throws StartupException when it can't be written or another Ladder holds it
   */
  public static DataDirectory open(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    FileChannel channel;
    try {
      create(path);
      channel =
          FileChannel.open(
              path.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unusable(path, e);
    }
    try {
      claim(path, channel);
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw unusable(path, e);
    } catch (StartupException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static void create(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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
        "The data directory %s can't be written (%s): make it writable for this user, %s."
            .formatted(path, reason, ANOTHER));
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it, and the refusal under way says what matters.
    }
  }

  /** The directory, absolute. */
  public Path path() {
    return path;
  }

  /** Gives the directory up; idempotent. The lock file stays, for it is the lock that counts. */
  @Override
  public void close() {
    closeQuietly(channel);
  }
}
