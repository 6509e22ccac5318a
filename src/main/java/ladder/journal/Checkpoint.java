package ladder.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a channel stands: every entry up to and including this index is done. Ours rather than
 * Chronicle's named tailer, whose index moves on when an entry is read, not when it is done. The
 * file may lag behind: the ledger knows what is done, so an old position costs look-ups, never
 * repeats. Used by one thread.
 */
final class Checkpoint {
  /** Nothing is done yet. */
  static final long NONE = -1;

  private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

  private final Path positions;
  private final Path file;
  private long stored;

  /** {@code dir} is the journal's. */
  Checkpoint(Path dir, String channel) throws IOException {
    this.positions = dir.resolve("positions");
    this.file = positions.resolve(channel);
    this.stored = NONE;
    if (Files.exists(file)) {
      try {
        this.stored = Long.parseLong(Files.readString(file, US_ASCII).strip());
      } catch (NumberFormatException e) {
        log.warn("{} holds no position: the channel starts again at the oldest entry", file);
      }
    }
  }

  long stored() {
    return stored;
  }

  /** Written beside and renamed, so that a crash leaves the old position or the new one. */
  void store(long index) throws IOException {
    if (index == stored) {
      return;
    }
    Files.createDirectories(positions);
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(
        beside,
        index + "\n",
        US_ASCII,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        StandardOpenOption.DSYNC);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    stored = index;
  }
}
