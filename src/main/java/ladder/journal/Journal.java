package ladder.journal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import ladder.journal.JournalStatus.Position;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one node: {@link #append} before the commit, and the effects follow by themselves.
 * The constructor opens the files and starts the writer and one drainer for each channel; {@link
 * #close} lets them catch up within a bound. Thread-safe.
 */
public final class Journal implements AutoCloseable {
  /** How long a caller waits for its entry to be on disk. */
  private static final Duration APPEND_WAIT_MAX = Duration.ofSeconds(5);

  /** How long a delivery may take to heed its interruption at the end. */
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /**
   * Settings.
   *
   * @param dir holds {@code queue}, {@code positions} and {@code lock}; a local file system
   * @param sync whether an append waits for the disk; without it a power loss takes the last
   *     seconds along, a killed process still takes nothing
   * @param freeBytesMin with less room left on the disk appends are refused
   * @param attemptsMax an entry is given up after so many attempts, if it is older than {@code
   *     ageMax} too; attempts are counted from the start of the process
   * @param ageMax receivers may be down for so long
   * @param retryMin the wait after the first failed attempt, doubling
   * @param retryMax up to this
   * @param drainTimeout how long {@link Journal#close} lets drainers catch up
   */
  public record Options(
      Path dir,
      boolean sync,
      long freeBytesMin,
      int attemptsMax,
      Duration ageMax,
      Duration retryMin,
      Duration retryMax,
      Duration drainTimeout) {
    /** Room for the files' next blocks, and for a database on the same disk to stop cleanly. */
    public static final long FREE_BYTES_MIN = 128L << 20;

    public static Options defaults(Path dir) {
      return new Options(
          dir,
          true,
          FREE_BYTES_MIN,
          25,
          Duration.ofHours(24),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          Duration.ofSeconds(10));
    }
  }

  /**
   * Counts since the start of the process.
   *
   * @param appended entries written
   * @param forced flushes that they took
   */
  public record Stats(long appended, long forced, Map<String, ChannelStats> channels) {
    /** With the rung off. */
    public static final Stats NONE = new Stats(0, 0, Map.of());
  }

  /**
   * Counts of one channel since the start of the process.
   *
   * @param retries attempts that found the receiver unavailable
   * @param lagEntries entries after the lowest one that is not done
   * @param waiting entries read that wait for another try
   */
  public record ChannelStats(
      long delivered, long retries, long dead, long lagEntries, int waiting) {}

  private record Line(
      Drainer drainer, DrainLoop loop, QueueEntries entries, long backlog, Thread thread) {}

  private final Options options;
  private final LongSupplier nanoClock;
  private final Codec codec = new Codec();
  private final Bell bell = new Bell();
  private final DirectoryLock lock;
  private final QueueFiles files;
  private final JournalWriter writer;
  private final List<Line> lines = new ArrayList<>();
  private boolean closed;

  /** Throws IOException with a sentence that names the fix when the directory cannot be used. */
  public Journal(
      Options options,
      List<Channel> channels,
      Ledger ledger,
      InstantSource clock,
      LongSupplier nanoClock,
      RandomGenerator random)
      throws IOException {
    this.options = options;
    this.nanoClock = nanoClock;
    this.lock = DirectoryLock.take(options.dir());
    QueueFiles opened = null;
    try {
      opened = QueueFiles.open(options.dir().resolve("queue"), clock, nanoClock);
      this.files = opened;
      FileStore store = Files.getFileStore(options.dir());
      this.writer =
          new JournalWriter(
              files,
              store::getUsableSpace,
              options.freeBytesMin(),
              options.sync(),
              APPEND_WAIT_MAX,
              nanoClock,
              bell);
      for (Channel channel : channels) {
        lines.add(line(channel, ledger, clock, random));
      }
      files.deleteDoneThrough(this::doneThrough);
    } catch (IOException e) {
      lines.forEach(line -> line.entries.close());
      closeFiles(opened);
      throw e;
    } catch (RuntimeException e) {
      lines.forEach(line -> line.entries.close());
      closeFiles(opened);
      throw new IOException("the journal in " + options.dir() + " cannot be opened: " + e, e);
    }
    writer.start();
    lines.forEach(line -> line.thread.start());
  }

  private Line line(Channel channel, Ledger ledger, InstantSource clock, RandomGenerator random)
      throws IOException {
    Checkpoint checkpoint = new Checkpoint(positions(options.dir()), channel.name());
    QueueEntries entries = files.entriesAfter(checkpoint.stored());
    Drainer drainer =
        new Drainer(
            channel,
            entries,
            ledger,
            checkpoint.stored(),
            new Drainer.Policy(
                options.attemptsMax(), options.ageMax(), options.retryMin(), options.retryMax()),
            clock,
            nanoClock,
            random);
    DrainLoop loop = new DrainLoop(drainer, checkpoint, bell, nanoClock);
    return new Line(
        drainer,
        loop,
        entries,
        files.countAfter(checkpoint.stored()),
        Thread.ofVirtual().name("drain-" + channel.name()).unstarted(loop));
  }

  private static Path positions(Path dir) {
    return dir.resolve("positions");
  }

  /**
   * Returns when the entry is on disk. Call it inside the event's transaction, before the commit;
   * when it throws, roll back.
   *
   * @throws JournalUnavailableException when the entry is not promised to be on disk
   */
  public void append(Event event) {
    writer.append(codec.write(event));
  }

  public Stats stats() {
    long appended = writer.appended();
    Map<String, ChannelStats> channels = new LinkedHashMap<>();
    for (Line line : lines) {
      long lag = Math.max(0, line.backlog + appended - line.drainer.doneThrough());
      channels.put(line.drainer.name(), line.drainer.stats(lag));
    }
    return new Stats(appended, writer.forced(), channels);
  }

  /** Reads the files of a journal in {@code dir}, whether or not a server is writing them. */
  public static JournalStatus read(Path dir, List<String> channels) throws IOException {
    Path queue = dir.resolve("queue");
    if (!Files.exists(queue)) {
      return new JournalStatus(
          Checkpoint.NONE,
          channels.stream().map(name -> new Position(name, Checkpoint.NONE, 0)).toList());
    }
    try (QueueFiles files = QueueFiles.openReadOnly(queue)) {
      List<Position> positions = new ArrayList<>();
      for (String name : channels) {
        long position = Checkpoint.load(positions(dir), name);
        positions.add(new Position(name, position, files.countAfter(position)));
      }
      return new JournalStatus(files.last(), positions);
    }
  }

  private long doneThrough() {
    return lines.stream().mapToLong(l -> l.drainer.position()).min().orElse(Checkpoint.NONE);
  }

  /**
   * Refuses appends, lets the drainers catch up within the drain timeout, stores their positions
   * and closes the files. What waits for its receiver stays in the journal. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean written = writer.finish();
    lines.forEach(line -> line.loop.drain());
    long deadline = nanoClock.getAsLong() + options.drainTimeout().toNanos();
    join(deadline);
    lines.forEach(line -> line.loop.stop());
    lines.stream().map(Line::thread).filter(Thread::isAlive).forEach(Thread::interrupt);
    if (!join(nanoClock.getAsLong() + STOP_MAX.toNanos())) {
      log.warn("a channel does not heed its interruption: its delivery may be made again");
    }
    lines.forEach(line -> line.entries.close());
    if (written) {
      closeFiles(files);
    }
  }

  private boolean join(long deadlineNanos) {
    boolean ended = true;
    for (Line line : lines) {
      try {
        long left = Math.max(1, deadlineNanos - nanoClock.getAsLong());
        ended &= line.thread.join(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return ended;
  }

  private void closeFiles(@Nullable QueueFiles opened) {
    try {
      if (opened != null) {
        opened.close();
      }
      lock.close();
    } catch (IOException | RuntimeException e) {
      log.warn("the journal did not close cleanly", e);
    }
  }
}
