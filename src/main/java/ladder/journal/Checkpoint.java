package ladder.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a channel stands: every entry up to and including this index is done. Ours rather than
 * Chronicle's named tailer, whose index moves on when an entry is read, not when it is done. The
 * file may lag behind, since the ledger knows what is done: an old position costs look-ups, never
 * repeats. One thread writes; any may read {@link #load}.
 */
final class Checkpoint {
  /** Nothing is done yet. */
  static final long NONE = -1;

  private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

  private final Path file;
  private long stored;

  Checkpoint(Path positions, String channel) throws IOException {
    Files.createDirectories(positions);
    this.file = positions.resolve(channel);
    this.stored = load(positions, channel);
  }

  /** The stored position, or {@link #NONE} when there is none or it cannot be read. */
  static long load(Path positions, String channel) throws IOException {
    Path file = positions.resolve(channel);
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (NumberFormatException e) {
      log.warn("{} holds no position: the channel starts again at the oldest entry", file);
      return NONE;
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
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer text = ByteBuffer.wrap((index + "\n").getBytes(StandardCharsets.US_ASCII));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    stored = index;
  }
}
