package ladder.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import ladder.time.Clock;
import ladder.time.PeriodicTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one channel: a loop that steps its {@link Drainer} and stores the position now and
 * then, and a virtual thread for each delivery under way. Thread-safe.
 */
final class DrainLoop {
  /** Each costs a flush of its own; what it saves is look-ups after a crash. */
  private static final long CHECKPOINT_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Logger log = LoggerFactory.getLogger(DrainLoop.class);

  final Drainer drainer;
  final PeriodicTask task;
  private final Checkpoint checkpoint;
  private final Clock clock;
  private final ExecutorService deliveries;
  private volatile boolean draining;
  private boolean storing = true;
  private long storedNanos;

  DrainLoop(Channel channel, QueueEntries entries, Checkpoint checkpoint, Journal.Context context) {
    String name = channel.name();
    this.checkpoint = checkpoint;
    this.clock = context.clock();
    this.storedNanos = clock.nanos();
    ThreadFactory threads = Thread.ofVirtual().name("deliver-" + name).factory();
    this.deliveries = Executors.newThreadPerTaskExecutor(threads);
    this.task = new PeriodicTask("drain-" + name, Thread.ofVirtual(), Duration.ZERO, this::run);
    this.drainer =
        new Drainer(channel, entries::next, entries.position(), context, deliveries, task::wake);
  }

  private long run() {
    long wait = drainer.step();
    if (clock.nanos() - storedNanos >= CHECKPOINT_NANOS) {
      storePosition();
    }
    if (draining && wait > 0 && drainer.nothingToGain()) {
      task.finish();
    }
    return wait;
  }

  private synchronized void storePosition() {
    storedNanos = clock.nanos();
    try {
      checkpoint.store(drainer.position());
      storing = true;
    } catch (IOException e) {
      if (storing) {
        log.warn(
            "{}: its position is not stored, a restart looks back: {}", drainer.name, e.toString());
      }
      storing = false;
    }
  }

  /** Ends the loop when it is caught up, or when only others could help. */
  void drain() {
    draining = true;
    if (task.failing()) {
      task.finish();
    }
    task.wake();
  }

  /** Ends the loop when what is under way is recorded. */
  void stopStarting() {
    drainer.stopStarting();
    task.wake();
  }

  /** Interrupts the deliveries that are under way and stores the position. */
  void close() {
    task.finish();
    List<Runnable> _ = deliveries.shutdownNow();
    storePosition();
  }
}
