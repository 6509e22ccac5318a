package ladder.journal;

import ladder.json.MalformedJsonException;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a Chronicle Queue forward. Its memory must not be unmapped under a reader, which is why
 * reading and closing exclude each other.
 */
final class QueueEntries implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueEntries.class);

  private final ExcerptTailer tailer;
  private final Bytes<?> buffer = Bytes.allocateElasticOnHeap();
  private long previous = Checkpoint.NONE;

  QueueEntries(ExcerptTailer tailer, long position) {
    this.tailer = tailer;
    // The entry at the position is done: it only marks the place.
    if (position != Checkpoint.NONE && tailer.moveToIndex(position) && tailer.readBytes(buffer)) {
      this.previous = position;
    } else {
      tailer.toStart();
      if (position != Checkpoint.NONE) {
        log.info("no entry stands at position {}: going on at the oldest", position);
      }
    }
  }

  /** The index of the last entry read; at first the position, if an entry stands there. */
  synchronized long position() {
    return previous;
  }

  /** The next entry, or null when there is none yet. */
  synchronized @Nullable Entry next() {
    buffer.clear();
    if (tailer.isClosed() || !tailer.readBytes(buffer)) {
      return null;
    }
    long before = previous;
    previous = tailer.lastReadIndex();
    try {
      return new Entry(previous, before, EventJson.read(buffer.toByteArray()));
    } catch (MalformedJsonException e) {
      log.error("entry {}, {} bytes, {}", previous, buffer.length(), e.getMessage());
      return new Entry(previous, before, null);
    }
  }

  @Override
  public synchronized void close() {
    tailer.close();
  }
}
