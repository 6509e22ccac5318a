package ladder.journal;

import java.io.IOException;
import ladder.journal.Window.Entry;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a Chronicle Queue forward. A document is copied and let go before anything is done with it,
 * since an open one holds its place. Its memory must not be unmapped under a reader, which is why
 * reading and closing exclude each other.
 */
final class QueueEntries implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueEntries.class);

  private final ExcerptTailer tailer;
  private long previous = Checkpoint.NONE;
  private boolean closed;

  QueueEntries(ExcerptTailer tailer, long position) {
    this.tailer = tailer;
    if (position != Checkpoint.NONE && tailer.moveToIndex(position)) {
      // The entry at the position is done: it only marks the place.
      try (DocumentContext done = tailer.readingDocument()) {
        previous = done.isPresent() ? position : Checkpoint.NONE;
      }
    } else {
      if (position != Checkpoint.NONE) {
        log.info("no entry stands at position {}: going on at the oldest", position);
      }
      tailer.toStart();
    }
  }

  /** The index of the last entry read; at first the position, if an entry stands there. */
  synchronized long position() {
    return previous;
  }

  /** The next entry, or null when there is none yet. */
  synchronized @Nullable Entry next() {
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
      Bytes<?> wire = QueueFiles.wire(document);
      bytes = new byte[(int) Math.min(wire.readRemaining(), EventJson.BYTES_MAX)];
      wire.read(bytes);
    }
    long before = previous;
    previous = index;
    try {
      return new Entry(index, before, EventJson.read(bytes), null);
    } catch (IOException e) {
      return new Entry(index, before, null, bytes.length + " bytes, " + e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    tailer.close();
  }
}
