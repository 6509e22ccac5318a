package ladder.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import ladder.failure.RootCause;
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import ladder.time.Outage;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of all requests leave together. While one batch is under way, calls gather; when
 * its last reply is here, all that gathered leaves in one write, those of one {@link Group} as one
 * command. So an idle node sends each call at once, and a busy one pays one command, one write and
 * one wake-up for many.
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
  /** Two for each request in flight, at most; beyond it calls are refused. */
  static final int WAITING_MAX = 20_000;

  /** Bounds how long the first reply of a batch waits for the writing of the rest. */
  static final int BATCH_MAX = 1_024;

  /** Looks for silence so often in a timeout, and acts at the second look that finds it. */
  private static final int LOOKS_PER_TIMEOUT = 4;

  /** A Redis that replies, but a batch takes this many timeouts, is as good as silent. */
  private static final int TIMEOUTS_PER_BATCH_MAX = 20;

  /**
   * Calls that may leave as one command: those whose groups are equal.
   *
   * @param <T> what each call gets
   */
  interface Group<T extends @Nullable Object> {
    /** Sends one command for all of these keys, to which a value for each comes, in their order. */
    CompletionStage<List<T>> send(Pipeline pipeline, List<byte[]> keys);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call<T extends @Nullable Object>(Group<T> group, byte[] key, Reply<T> reply) {}

  final StatefulConnection<byte[], byte[]> connection;
  final RedisClusterAsyncCommands<byte[], byte[]> commands;
  final String runId;
  private final EventLoop loop;
  private final Duration timeout;
  private final Clock clock;
  private final Outage outage;
  private final ArrayBlockingQueue<Call<?>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicBoolean idle = new AtomicBoolean(true);
  private final List<Call<?>> batch = new ArrayList<>();
  private final ScheduledFuture<?> looking;
  private int unanswered;
  private long batchNanos;
  private long progressNanos;
  private boolean suspect;
  private boolean closed;

  /**
   * @param connection that answers; its commands leave only when flushed from now on
   * @param runId names the run of the server
   * @param loop the thread that reads the connection
   * @param timeout how long Redis may be silent
   * @param outage learns what each command came to, and of silence
   */
  Pipeline(
      StatefulConnection<byte[], byte[]> connection,
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      String runId,
      EventLoop loop,
      Duration timeout,
      Clock clock,
      Outage outage) {
    this.connection = connection;
    this.commands = commands;
    this.runId = runId;
    this.loop = loop;
    this.timeout = timeout;
    this.clock = clock;
    this.outage = outage;
    connection.setAutoFlushCommands(false);
    long period = timeout.toNanos() / LOOKS_PER_TIMEOUT;
    this.looking = loop.scheduleAtFixedRate(this::look, period, period, TimeUnit.NANOSECONDS);
  }

  /** Sends a call with the next batch. */
  <T extends @Nullable Object> Reply<T> send(Group<T> group, byte[] key) {
    Reply<T> reply = new Reply<>();
    if (!waiting.offer(new Call<>(group, key, reply))) {
      reply.fail(new UnavailableException(WAITING_MAX + " calls wait for Redis already"));
    } else if (idle.compareAndSet(true, false)) {
      loop.execute(this::next);
    }
    return reply;
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
    Map<Group<?>, List<Call<?>>> groups = new LinkedHashMap<>();
    batch.forEach(call -> groups.computeIfAbsent(call.group, _ -> new ArrayList<>()).add(call));
    batch.clear();
    // One more than commands, so that replies that come at once do not end the batch half-written.
    unanswered = groups.size() + 1;
    groups.forEach(this::dispatch);
    connection.flushCommands();
    answered();
  }

  @SuppressWarnings("unchecked") // calls of equal groups get values of one type
  private <T extends @Nullable Object> void dispatch(Group<T> group, List<Call<?>> calls) {
    List<byte[]> keys = calls.stream().map(Call::key).toList();
    var _ =
        group
            .send(this, keys)
            .whenComplete(
                (values, failure) -> {
                  for (int i = 0; i < calls.size(); i++) {
                    Reply<T> reply = (Reply<T>) calls.get(i).reply;
                    if (failure == null) {
                      reply.complete(values.get(i));
                    } else {
                      reply.fail(failure);
                    }
                  }
                  ended(failure);
                });
  }

  private void ended(@Nullable Throwable failure) {
    if (failure == null) {
      outage.succeeded();
    } else {
      outage.failed(RootCause.message(failure));
    }
    onLoop(this::answered);
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
      outage.failed("no reply within " + timeout.toMillis() + " ms");
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
