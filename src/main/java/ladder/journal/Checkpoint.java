package ladder.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Where a channel stands: every entry up to and including this index is done. Ours rather than
 * Chronicle's named tailer, whose index moves on when an entry is read, not when it is done. An old
 * position costs look-ups in the ledger, which remembers what was delivered for {@link
 * Ledger#MEMORY}, and no repeats. Used by one thread at a time.
 */
final class Checkpoint {
  /** Nothing is done yet. */
  static final long NONE = -1;

  private final Path positions;
  private final Path file;
  private long stored = NONE;

  /** {@code dir} is the journal's. */
  Checkpoint(Path dir, String channel) throws IOException {
    this.positions = dir.resolve("positions");
    this.file = positions.resolve(channel);
    if (Files.exists(file)) {
      try {
        this.stored = Long.parseLong(Files.readString(file, US_ASCII).strip());
      } catch (NumberFormatException e) {
        LoggerFactory.getLogger(Checkpoint.class)
            .warn("{} holds no position: the channel starts again at the oldest entry", file);
      }
    }
  }

  long stored() {
    return stored;
  }

  /** Written beside and renamed, so that a crash leaves the old position or the new one. */
  void store(long index) throws IOException {
    if (index != stored) {
      Files.createDirectories(positions);
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(beside, index + "\n", US_ASCII, CREATE, TRUNCATE_EXISTING, WRITE, DSYNC);
      Files.move(beside, file, ATOMIC_MOVE);
      stored = index;
    }
  }
}
