package ladder.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Where the commands of all requests leave together. While one batch is under way, commands gather;
 * when its last reply is here, all that gathered leaves in one write. So an idle node sends each
 * command at once, and a busy one pays one write and one wake-up for many.
 *
 * <pre>
 *   requests ──▶ waiting (bounded) ──▶ batch under way ──▶ replies
 *                    ▲                      │ last reply: take the next batch
 *                    └── gather meanwhile ──┘ no reply for the timeout: close the connection
 * </pre>
 *
 * <p>Redis counts as silent when a batch has been written and no reply was read for the timeout.
 * This is looked at by the thread that reads, after it has read, and twice: so when this process is
 * late because it lacks the processor, the replies that wait in the socket are read first. A silent
 * connection is closed, which fails all of its commands; a new one must answer before it is used.
 *
 * <p>{@link #send} is thread-safe; everything else belongs to the connection's event loop.
 */
final class Pipeline {
  /** Two for each request in flight, at most; beyond it commands are refused. */
  static final int WAITING_MAX = 20_000;

  /** Bounds how long the first reply of a batch waits for the writing of the rest. */
  static final int BATCH_MAX = 1_024;

  /** Looks for silence so often in a timeout, and acts at the second look that finds it. */
  private static final int LOOKS_PER_TIMEOUT = 4;

  /** A Redis that replies, but a batch takes this many timeouts, is as good as silent. */
  private static final int TIMEOUTS_PER_BATCH_MAX = 20;

  /** Sends one command. */
  interface Command<T extends @Nullable Object>
      extends Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> {}

  /** A command and what is done with its reply, or with the failure to get one. */
  private record Pending<T extends @Nullable Object>(
      Command<T> command, BiConsumer<? super @Nullable T, @Nullable Throwable> outcome) {}

  final StatefulConnection<byte[], byte[]> connection;
  private final RedisClusterAsyncCommands<byte[], byte[]> commands;
  private final EventLoop loop;
  private final Duration timeout;
  private final Clock clock;
  private final Consumer<String> onSilence;
  private final ArrayBlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicBoolean idle = new AtomicBoolean(true);
  private final List<Pending<?>> batch = new ArrayList<>();
  private final ScheduledFuture<?> looking;
  private int unanswered;
  private long batchNanos;
  private long progressNanos;
  private boolean suspect;
  private boolean closed;

  /**
   * @param connection that answers; its commands leave only when flushed from now on
   * @param loop the thread that reads the connection
   * @param timeout how long Redis may be silent
   * @param onSilence called with the reason when the pipeline closes itself
   */
  Pipeline(
      StatefulConnection<byte[], byte[]> connection,
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      EventLoop loop,
      Duration timeout,
      Clock clock,
      Consumer<String> onSilence) {
    this.connection = connection;
    this.commands = commands;
    this.loop = loop;
    this.timeout = timeout;
    this.clock = clock;
    this.onSilence = onSilence;
    connection.setAutoFlushCommands(false);
    long period = timeout.toNanos() / LOOKS_PER_TIMEOUT;
    this.looking = loop.scheduleAtFixedRate(this::look, period, period, TimeUnit.NANOSECONDS);
  }

  /** Sends a command with the next batch; its outcome comes once, on any thread. */
  <T extends @Nullable Object> void send(
      Command<T> command, BiConsumer<? super @Nullable T, @Nullable Throwable> outcome) {
    if (!waiting.offer(new Pending<>(command, outcome))) {
      outcome.accept(
          null, new UnavailableException(WAITING_MAX + " commands wait for Redis already"));
    } else if (idle.compareAndSet(true, false)) {
      loop.execute(this::next);
    }
  }

  /** Writes what gathered. */
  private void next() {
    do {
      waiting.drainTo(batch, BATCH_MAX);
      if (!batch.isEmpty()) {
        write();
        return;
      }
      idle.set(true);
      // What came after the look and before the flag would wait for the next command.
    } while (!waiting.isEmpty() && idle.compareAndSet(true, false));
  }

  private void write() {
    batchNanos = progressNanos = clock.nanos();
    // One more than commands, so that replies that come at once do not end the batch half-written.
    unanswered = batch.size() + 1;
    batch.forEach(this::dispatch);
    batch.clear();
    connection.flushCommands();
    answered();
  }

  private <T extends @Nullable Object> void dispatch(Pending<T> pending) {
    var _ =
        pending
            .command()
            .apply(commands)
            .whenComplete(
                (value, failure) -> {
                  pending.outcome().accept(value, failure);
                  onLoop(this::answered);
                });
  }

  private void onLoop(Runnable work) {
    if (loop.inEventLoop()) {
      work.run();
    } else {
      loop.execute(work);
    }
  }

  private void answered() {
    progressNanos = clock.nanos();
    suspect = false;
    if (--unanswered == 0) {
      next();
    }
  }

  private void look() {
    long now = clock.nanos();
    boolean silent = now - progressNanos >= timeout.toNanos();
    boolean endless = now - batchNanos >= timeout.toNanos() * TIMEOUTS_PER_BATCH_MAX;
    if (unanswered == 0 || !(silent || endless)) {
      suspect = false;
    } else if (!suspect) {
      suspect = true;
    } else {
      onSilence.accept("no reply within " + timeout.toMillis() + " ms");
      close();
    }
  }

  /** Fails what is under way and what waits; a second call does nothing. */
  void close() {
    onLoop(
        () -> {
          if (!closed) {
            closed = true;
            looking.cancel(false);
            var _ = connection.closeAsync();
          }
        });
  }
}
