package ladder.journal;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import ladder.json.MalformedJsonException;
import ladder.time.Clock;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.TableStore;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.TableStoreWriteLock;
import net.openhft.chronicle.threads.BusyTimedPauser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's files, which are a Chronicle Queue: one file for each UTC day, memory-mapped, with
 * an index. Nothing outside this class knows Chronicle.
 *
 * <p>Two of its habits are not used. {@code ExcerptAppender.sync()} asks for an asynchronous msync,
 * which Linux ignores, and covers only the block at hand; here the file is forced through a channel
 * of its own, which covers all its pages. And a lock left by a killed process is waited for when
 * its process id is in use again, which in a container is the rule: the caller holds the data
 * directory, so any other lock is stale and is broken at once.
 *
 * <p>The appending side belongs to the writer's thread; the rest is thread-safe. Its memory must
 * not be unmapped under a reader, which is why reading and closing exclude each other.
 */
final class QueueFiles implements JournalWriter.Sink, AutoCloseable {
  /** Files grow in such steps: small, since an idle day should cost little to copy or to scan. */
  private static final long BLOCK_BYTES = 4L << 20;

  private static final RollCycles ROLL = RollCycles.FAST_DAILY;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern(ROLL.format(), Locale.ROOT);
  private static final Logger log = LoggerFactory.getLogger(QueueFiles.class);

  private final Path dir;
  private final SingleChronicleQueue queue;
  private final @Nullable ExcerptAppender appender;
  private final List<Entries> readers = new ArrayList<>();
  private @Nullable File current;
  private @Nullable FileChannel currentChannel;
  private int keptCycle;

  private QueueFiles(Path dir, SingleChronicleQueue queue, @Nullable ExcerptAppender appender) {
    this.dir = dir;
    this.queue = queue;
    this.appender = appender;
  }

  /** For the process that holds the data directory. */
  static QueueFiles open(Path dir, Clock clock) {
    SingleChronicleQueue queue =
        builder(dir).timeProvider(() -> clock.now().toEpochMilli()).build();
    try {
      TableStore<?> table = queue.metaStore();
      new TableStoreWriteLock(table, BusyTimedPauser::new, 0L).forceUnlock();
      new TableStoreWriteLock(table, BusyTimedPauser::new, 0L, TableStoreWriteLock.APPEND_LOCK_KEY)
          .forceUnlock();
      queue.refreshDirectoryListing();
      ExcerptAppender appender = queue.createAppender();
      appender.singleThreadedCheckDisabled(true);
      return new QueueFiles(dir, queue, appender);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }

  /** For another process, also while the server writes. */
  static QueueFiles openReadOnly(Path dir) {
    return new QueueFiles(dir, builder(dir).readOnly(true).build(), null);
  }

  private static SingleChronicleQueueBuilder builder(Path dir) {
    // Read when Chronicle's classes initialise: a product must not report usage over the network.
    System.setProperty("chronicle.analytics.disable", "true");
    System.setProperty("chronicle.announcer.disable", "true");
    // The writer asks for free space itself, and refuses where this would only warn.
    System.setProperty("chronicle.disk.monitor.disable", "true");
    return SingleChronicleQueueBuilder.binary(dir)
        .rollCycle(ROLL)
        .blockSize(BLOCK_BYTES)
        .syncMode(SyncMode.NONE);
  }

  @Override
  public void append(byte[] entry) throws IOException {
    Objects.requireNonNull(appender, "opened to be read only");
    appender.writeBytes(Bytes.wrapForRead(entry));
    File file = appender.currentFile();
    if (file != null && !file.equals(current)) {
      rollTo(file);
    }
  }

  /** A batch may span midnight: what it wrote into the old file is forced before moving on. */
  private void rollTo(File file) throws IOException {
    force();
    closeChannel();
    currentChannel = FileChannel.open(file.toPath(), StandardOpenOption.WRITE);
    current = file;
    // The new file's name must survive power loss too.
    try (FileChannel names = FileChannel.open(dir, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void force() throws IOException {
    if (currentChannel != null) {
      currentChannel.force(false);
    }
  }

  @Override
  public long freeBytes() {
    return dir.toFile().getUsableSpace();
  }

  /** Deletes the days before the one in which the entry at {@code position} stands. */
  void deleteBefore(long position) {
    int kept = position == Checkpoint.NONE ? 0 : ROLL.toCycle(position);
    if (kept == keptCycle) {
      return;
    }
    keptCycle = kept;
    try {
      for (int cycle = queue.firstCycle(); cycle < kept; cycle++) {
        String day = DAY.format(LocalDate.ofEpochDay(cycle)) + SingleChronicleQueue.SUFFIX;
        if (Files.deleteIfExists(dir.resolve(day))) {
          log.info("deleted {}: every channel is past it", day);
        }
      }
      queue.refreshDirectoryListing();
    } catch (IOException | RuntimeException e) {
      log.warn("days of the journal are done with and cannot be deleted", e);
    }
  }

  /** A reader that goes on after {@code position}. */
  synchronized Entries entriesAfter(long position) {
    Entries reader = new Entries(position);
    readers.add(reader);
    return reader;
  }

  /** Reads forward. Has a lock of its own, so that no reader waits for others or for a count. */
  final class Entries {
    private final ExcerptTailer tailer = queue.createTailer();
    private final Bytes<?> buffer = Bytes.allocateElasticOnHeap();
    private long previous = Checkpoint.NONE;

    private Entries(long position) {
      tailer.singleThreadedCheckDisabled(true);
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

    private synchronized void close() {
      tailer.close();
    }
  }

  /** How many entries stand after {@code position}; counts through the index, not the entries. */
  synchronized long countAfter(long position) {
    if (queue.isClosed() || queue.firstCycle() == Integer.MAX_VALUE) {
      return 0;
    }
    long first = queue.firstIndex();
    long last = queue.lastIndex();
    // A position that no longer stands in the journal means from the oldest entry, as for readers.
    return position < first || position > last
        ? queue.countExcerpts(first, last) + 1
        : queue.countExcerpts(position, last);
  }

  private void closeChannel() throws IOException {
    if (currentChannel != null) {
      currentChannel.close();
    }
  }

  @Override
  public synchronized void close() {
    readers.forEach(Entries::close);
    queue.close();
    try {
      closeChannel();
    } catch (IOException e) {
      log.warn("the journal did not close cleanly", e);
    }
  }
}
