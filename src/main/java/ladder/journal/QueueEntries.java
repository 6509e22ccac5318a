package ladder.journal;

import java.io.IOException;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a Chronicle Queue forward. The document is copied and let go before anything is done with
 * it: an open one would hold its place, and its memory must not be unmapped under a reader, which
 * is why reading and closing exclude each other.
 */
final class QueueEntries implements Entries, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueEntries.class);

  private final ExcerptTailer tailer;
  private final Codec codec = new Codec();
  private long previous;
  private long ordinal;
  private boolean closed;

  QueueEntries(ExcerptTailer tailer, long position) {
    this.tailer = tailer;
    this.previous = Checkpoint.NONE;
    if (position == Checkpoint.NONE) {
      tailer.toStart();
    } else if (tailer.moveToIndex(position)) {
      // The entry at the position is done: it only marks the place.
      try (DocumentContext done = tailer.readingDocument()) {
        previous = done.isPresent() ? done.index() : Checkpoint.NONE;
      }
    } else {
      // Its file is gone, as files are that every channel has done with.
      log.info("no entry stands at position {}: going on at the oldest", position);
      tailer.toStart();
    }
  }

  @Override
  public synchronized @Nullable Entry next() {
    if (closed) {
      return null;
    }
    byte[] bytes;
    long index;
    try (DocumentContext document = tailer.readingDocument()) {
      if (!document.isPresent()) {
        return null;
      }
      index = document.index();
      bytes = copy(QueueFiles.wire(document));
    }
    long before = previous;
    previous = index;
    ordinal++;
    try {
      return new Entry(index, before, ordinal, codec.read(bytes), null);
    } catch (IOException e) {
      return new Entry(index, before, ordinal, null, bytes.length + " bytes, " + e.getMessage());
    }
  }

  private static byte[] copy(Bytes<?> from) {
    byte[] bytes = new byte[(int) Math.min(from.readRemaining(), Codec.ENTRY_BYTES_MAX)];
    from.read(bytes);
    return bytes;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      tailer.close();
    }
  }
}
