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
import org.slf4j.Logger;
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

  private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

  private final Path file;
  private long stored = NONE;
  private boolean failing;

  /** {@code dir} is the journal's. */
  Checkpoint(Path dir, String channel) throws IOException {
    this.file = dir.resolve("positions").resolve(channel);
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

  /**
   * Written beside and renamed, so that a crash leaves the old position or the new one. A failure
   * is logged once and costs no more than an old position does.
   */
  void store(long index) {
    if (index == stored) {
      return;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(beside, index + "\n", US_ASCII, CREATE, TRUNCATE_EXISTING, WRITE, DSYNC);
      Files.move(beside, file, ATOMIC_MOVE);
      stored = index;
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.warn("{} cannot be written, a restart looks back: {}", file, e.toString());
      }
      failing = true;
    }
  }
}
