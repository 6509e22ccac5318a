package ladder.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.settings.Settings;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one node: {@link #append} before the commit, and the effects follow by themselves.
 * The constructor opens the files and starts the writer and one drainer for each channel; {@link
 * #close} lets them catch up within a bound. Thread-safe.
 */
public final class Journal implements AutoCloseable {
  /** Events of one transaction: as many as a drainer asks its ledger for at once. */
  public static final int APPENDS_MAX = Schedule.BATCH_MAX;

  /** At the end, how long what is under way may take to be done and recorded. */
  private static final Duration STOP_MAX = Duration.ofSeconds(1);

  /** Each costs flushes of its own; what it saves is look-ups after a crash. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /**
   * Settings.
   *
   * @param dir on a local file system, and in the hands of this process alone
   * @param sync whether an append waits for the disk; without it a power loss takes the last
   *     seconds along, a killed process still takes nothing
   * @param retryMin the wait after the first failed attempt, doubling up to {@code retryMax}
   * @param attemptsMax an entry is given up after so many attempts of this process, if it is older
   *     than {@code ageMax} too
   * @param freeBytesMin with less room left on the disk appends are refused
   * @param concurrency how many deliveries a channel has under way at most
   * @param drainTimeout how long {@link Journal#close} lets drainers catch up
   */
  public record Options(
      Path dir,
      boolean sync,
      Duration retryMin,
      int attemptsMax,
      Duration retryMax,
      long freeBytesMin,
      Duration ageMax,
      int concurrency,
      Duration drainTimeout) {
    /** Room for the files' next blocks, and for a database on the same disk to stop cleanly. */
    public static final long FREE_BYTES_MIN = 128L << 20;

    /** Its files are in this directory. */
    public static Options from(Settings s, Path dir, Duration drainTimeout) {
      Options options =
          new Options(
              dir,
              s.choice("LADDER_JOURNAL_SYNC", "batch", "none"),
              s.duration("LADDER_RETRY_MIN", Duration.ofMillis(10), Duration.ofDays(1)),
              s.integer("LADDER_RETRY_ATTEMPTS", 1, 1_000),
              s.duration("LADDER_RETRY_MAX", Duration.ofMillis(10), Duration.ofDays(1)),
              FREE_BYTES_MIN,
              s.duration("LADDER_RETRY_FOR", Duration.ZERO, Duration.ofDays(30)),
              s.integer("LADDER_CHANNEL_CONCURRENCY", 1, Channel.CONCURRENCY_MAX),
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
   * @param refused appends because of the disk
   */
  public record Stats(
      long appended, long forced, long refused, Map<String, ChannelStats> channels) {
    /** With the rung off. */
    public static final Stats NONE = new Stats(0, 0, 0, Map.of());
  }

  /**
   * Counts of one channel since the start of the process.
   *
   * @param retries attempts after which the entry is tried again
   * @param lagEntries entries after the lowest one that is not done
   * @param waiting entries read and not done
   */
  public record ChannelStats(
      long delivered, long retries, long dead, long lagEntries, int waiting) {}

  /** What all parts of a journal share. */
  record Context(Options options, Ledger ledger, Clock clock, RandomGenerator random) {
    Backoff backoff(Duration min, Duration max) {
      return new Backoff(min, max, random);
    }

    Outage outage(String subject, int failuresMin, Backoff backoff) {
      return new Outage(subject, "entries wait in the journal", failuresMin, backoff, clock);
    }
  }

  private final Context context;
  private final QueueFiles files;
  private final JournalWriter writer;
  private final Map<Drainer, Checkpoint> drainers = new LinkedHashMap<>();
  private final PeriodicTask checkpoints;
  private final ExecutorService deliveries =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("deliver-", 0).factory());
  private boolean closed;

  /** Throws IOException with a sentence that names the directory, when that cannot be used. */
  public Journal(
      Options options, List<Channel> channels, Ledger ledger, Clock clock, RandomGenerator random)
      throws IOException {
    this.context = new Context(options, ledger, clock, random);
    QueueFiles opened = null;
    try {
      opened = QueueFiles.open(queue(options.dir()), clock);
      for (Channel channel : channels) {
        Checkpoint checkpoint = new Checkpoint(options.dir(), channel.name());
        QueueFiles.Entries entries = opened.entriesAfter(checkpoint.stored());
        drainers.put(
            new Drainer(channel, entries::next, entries.position(), context, deliveries),
            checkpoint);
      }
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      throw new IOException("the journal in " + options.dir() + " cannot be opened: " + e, e);
    }
    this.files = opened;
    this.writer = new JournalWriter(files, context, this::afterBatch);
    this.checkpoints =
        new PeriodicTask(
            "journal-checkpoints", Thread.ofPlatform().daemon(), Duration.ZERO, this::checkpoint);
    writer.start();
    drainers.keySet().forEach(drainer -> drainer.task.start());
    checkpoints.start();
  }

  private static Path queue(Path dir) {
    return dir.resolve("queue");
  }

  private void afterBatch() {
    drainers.keySet().forEach(drainer -> drainer.task.wake());
    drainers.keySet().stream().mapToLong(Drainer::position).min().ifPresent(files::deleteBefore);
  }

  private long checkpoint() {
    drainers.forEach((drainer, checkpoint) -> checkpoint.store(drainer.position()));
    return CHECKPOINT.toNanos();
  }

  /**
   * Asked before a connection to the database is taken, so that a disk that stands still costs none
   * that others need.
   *
   * @throws UnavailableException when an append would be refused now
   */
  public void requireWritable() {
    writer.requireWritable();
  }

  /**
   * Returns when the entries are on disk. Call it inside the events' transaction, before the
   * commit; when it throws, roll back.
   *
   * @param events {@link #APPENDS_MAX} at most
   * @throws UnavailableException when the entries are not promised to be on disk
   */
  public void append(List<Event> events) {
    try (var _ = Timings.phase(Phase.JOURNAL)) {
      writer.append(events.stream().map(EventJson::write).toList());
    }
  }

  public Stats stats() {
    Map<String, ChannelStats> channels = new LinkedHashMap<>();
    for (Drainer drainer : drainers.keySet()) {
      channels.put(drainer.name, drainer.stats(files.countAfter(drainer.position())));
    }
    return new Stats(writer.appended.get(), writer.forced.get(), writer.refused.sum(), channels);
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
   * Refuses appends, lets the drainers catch up, stores their positions and closes the files. What
   * waits for its receiver stays in the journal. Idempotent. Waits at most {@link
   * JournalWriter#JOIN_MAX} for the disk, the drain timeout for the drainers, {@link #STOP_MAX} for
   * what is under way then, and {@code JOIN_MAX} for a position that is being stored; deliveries
   * that take longer are interrupted, and made again after the start.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean written = writer.finish();
    drainers.keySet().forEach(Drainer::drain);
    boolean _ = join(context.options().drainTimeout());
    drainers.keySet().forEach(Drainer::stopStarting);
    if (!join(STOP_MAX)) {
      log.warn("deliveries are still under way: they are interrupted, and made again at the start");
    }
    drainers.keySet().forEach(drainer -> drainer.task.finish());
    List<Runnable> _ = deliveries.shutdownNow();
    checkpoints.finish();
    if (checkpoints.join(JournalWriter.JOIN_MAX)) {
      long _ = checkpoint();
    }
    if (written) {
      files.close();
    }
  }

  /** Waits for all drainers within one bound. */
  private boolean join(Duration max) {
    long deadline = context.clock().nanos() + max.toNanos();
    boolean ended = true;
    for (Drainer drainer : drainers.keySet()) {
      ended &= drainer.task.join(Duration.ofNanos(Math.max(0, deadline - context.clock().nanos())));
    }
    return ended;
  }
}
