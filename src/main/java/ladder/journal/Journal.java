package ladder.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.settings.Settings;
import ladder.time.Clock;
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
   * @param dir on a local file system, and in the hands of this process alone
   * @param sync whether an append waits for the disk; without it a power loss takes the last
   *     seconds along, a killed process still takes nothing
   * @param freeBytesMin with less room left on the disk appends are refused
   * @param attemptsMax an entry is given up after so many attempts of this process, if it is older
   *     than {@code ageMax} too
   * @param retryMin the wait after the first failed attempt, doubling up to {@code retryMax}
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

    /** Its files are in this directory. */
    public static Options from(Settings s, Path dir, Duration drainTimeout) {
      Options options =
          new Options(
              dir,
              s.choice("LADDER_JOURNAL_SYNC", "batch", "none"),
              FREE_BYTES_MIN,
              s.integer("LADDER_RETRY_ATTEMPTS", 1, 1_000),
              s.duration("LADDER_RETRY_FOR", Duration.ZERO, Duration.ofDays(30)),
              s.duration("LADDER_RETRY_MIN", Duration.ofMillis(10), Duration.ofDays(1)),
              s.duration("LADDER_RETRY_MAX", Duration.ofMillis(10), Duration.ofDays(1)),
              drainTimeout);
      if (options.retryMin().compareTo(options.retryMax()) > 0) {
        s.problem("LADDER_RETRY_MIN must not exceed LADDER_RETRY_MAX");
      }
      return options;
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

  private final Options options;
  private final Clock clock;
  private final QueueFiles files;
  private final JournalWriter writer;
  private final List<DrainLoop> loops = new ArrayList<>();
  private boolean closed;

  /** Throws IOException with a sentence that names the directory, when that cannot be used. */
  public Journal(
      Options options, List<Channel> channels, Ledger ledger, Clock clock, RandomGenerator random)
      throws IOException {
    this.options = options;
    this.clock = clock;
    QueueFiles opened = null;
    try {
      opened = QueueFiles.open(queue(options.dir()), clock);
      for (Channel channel : channels) {
        Checkpoint checkpoint = new Checkpoint(options.dir(), channel.name());
        QueueEntries entries = opened.entriesAfter(checkpoint.stored());
        Drainer drainer =
            new Drainer(channel, entries::next, entries.position(), ledger, options, clock, random);
        loops.add(new DrainLoop(drainer, checkpoint, clock));
      }
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      throw new IOException("the journal in " + options.dir() + " cannot be opened: " + e, e);
    }
    this.files = opened;
    this.writer =
        new JournalWriter(
            files,
            options.freeBytesMin(),
            options.sync(),
            APPEND_WAIT_MAX,
            clock,
            this::afterBatch);
    writer.thread.start();
    loops.forEach(loop -> loop.thread.start());
  }

  private static Path queue(Path dir) {
    return dir.resolve("queue");
  }

  private void afterBatch() {
    loops.forEach(DrainLoop::wake);
    loops.stream().mapToLong(loop -> loop.drainer.position()).min().ifPresent(files::deleteBefore);
  }

  /**
   * Returns when the entry is on disk. Call it inside the event's transaction, before the commit;
   * when it throws, roll back.
   *
   * @throws UnavailableException when the entry is not promised to be on disk
   */
  public void append(Event event) {
    try (var _ = Timings.phase(Phase.JOURNAL)) {
      writer.append(EventJson.write(event));
    }
  }

  public Stats stats() {
    Map<String, ChannelStats> channels = new LinkedHashMap<>();
    for (DrainLoop loop : loops) {
      long lag = files.countAfter(loop.drainer.position());
      channels.put(loop.drainer.name(), loop.drainer.stats(lag));
    }
    return new Stats(writer.appended(), writer.forced(), channels);
  }

  /**
   * How many entries each channel has not done yet, read from the files of the journal in {@code
   * dir} whether or not a server is writing them.
   */
  public static Map<String, Long> lag(Path dir, List<String> channels) throws IOException {
    Map<String, Long> lag = new LinkedHashMap<>();
    if (!Files.exists(queue(dir))) {
      channels.forEach(name -> lag.put(name, 0L));
      return lag;
    }
    try (QueueFiles files = QueueFiles.openReadOnly(queue(dir))) {
      for (String name : channels) {
        lag.put(name, files.countAfter(new Checkpoint(dir, name).stored()));
      }
    }
    return lag;
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
    loops.forEach(DrainLoop::drain);
    join(options.drainTimeout());
    loops.forEach(DrainLoop::stop);
    if (!join(STOP_MAX)) {
      log.warn("a channel does not heed its interruption: its delivery may be made again");
    }
    if (written) {
      files.close();
    }
  }

  private boolean join(Duration max) {
    long deadline = clock.nanos() + max.toNanos();
    boolean ended = true;
    try {
      for (DrainLoop loop : loops) {
        ended &= loop.thread.join(Duration.ofNanos(deadline - clock.nanos()));
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
