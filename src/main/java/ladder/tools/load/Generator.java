package ladder.tools.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import ladder.time.Clock;

/**
 * Sends one plan's requests and counts the answers. All state belongs to the one thread of the
 * event loop; the caller's thread only wakes it when a request is due, because the loop's own timer
 * counts in milliseconds. Used once.
 */
final class Generator implements Connection.Events {
  /** A request without an answer by then has none; so long the run waits for the last ones. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** How often timeouts and the end are looked for. */
  private static final Duration LOOK = Duration.ofMillis(20);

  /** After a connection was refused, before the next is tried. */
  private static final Duration RETRY = Duration.ofMillis(50);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(3);

  private final Plan plan;
  private final Clock clock;
  private final Consumer<String> progress;
  private final Requests requests;
  private final Pace pace;
  private final Tally tally;
  private final long start;
  private final long from;
  private final long end;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Bootstrap bootstrap;
  private final Set<Connection> open = new HashSet<>();
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final CountDownLatch finished = new CountDownLatch(1);
  private int opening;
  private int nextTarget;
  private long retryAt = Long.MIN_VALUE;
  private long secondsShown;

  /**
   * @param progress takes a line each second
   */
  Generator(Plan plan, Clock clock, Consumer<String> progress) {
    this.plan = plan;
    this.clock = clock;
    this.progress = progress;
    this.requests = new Requests(plan, clock.now());
    this.start = clock.nanos();
    this.from = start + plan.warmup().toNanos();
    this.end = from + plan.duration().toNanos();
    this.tally = new Tally(from, end);
    this.pace =
        switch (plan.load()) {
          case Plan.Load.Rate(int perSecond) -> new Pace.Open(perSecond, start, end);
          case Plan.Load.Clients(int count) -> new Pace.Closed(count, end);
        };
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_MAX.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {}
                });
  }

  /** Returns when the last request is answered or given up. */
  LoadResult run() throws InterruptedException {
    try {
      var _ = loop.scheduleAtFixedRate(this::look, 0, LOOK.toNanos(), TimeUnit.NANOSECONDS);
      while (finished.getCount() > 0) {
        long wait = Math.min(pace.untilNext(clock.nanos()), LOOK.toNanos());
        LockSupport.parkNanos(wait);
        if (wait < LOOK.toNanos() && woken.compareAndSet(false, true)) {
          loop.execute(this::pump);
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return tally.result();
    } finally {
      var _ = group.shutdownGracefully(0, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).await();
    }
  }

  private void pump() {
    woken.set(false);
    long now = clock.nanos();
    while (!idle.isEmpty()) {
      long intended = pace.take(now);
      if (intended == Pace.NONE) {
        break;
      }
      Connection connection = idle.removeLast();
      connection.send(requests.next(connection.target()), intended, now);
    }
    int wanted = pace.connections(open.size(), now);
    while (now >= retryAt && open.size() + opening < wanted) {
      connect();
    }
  }

  private void connect() {
    int target = nextTarget;
    nextTarget = (nextTarget + 1) % plan.targets().size();
    opening++;
    Plan.Address server = plan.targets().get(target);
    var _ =
        bootstrap
            .connect(server.host(), server.port())
            .addListener((ChannelFuture connecting) -> connected(target, connecting));
  }

  private void connected(int target, ChannelFuture connecting) {
    opening--;
    if (!connecting.isSuccess()) {
      long now = clock.nanos();
      retryAt = now + RETRY.toNanos();
      long intended = pace.take(now);
      if (intended != Pace.NONE) {
        tally.failed(intended, now, "refused");
      }
      return;
    }
    Connection connection = new Connection(target, connecting.channel(), this);
    open.add(connection);
    connection.attach(plan.message().method().equals("HEAD"));
    idle(connection);
  }

  @Override
  public void idle(Connection connection) {
    idle.addLast(connection);
    pump();
  }

  @Override
  public void answered(long intended, int status) {
    tally.answered(intended, clock.nanos(), status);
  }

  @Override
  public void closed(Connection connection) {
    long now = clock.nanos();
    if (connection.busy()) {
      boolean late = now - connection.sent() >= TIMEOUT.toNanos();
      tally.failed(connection.intended(), now, late ? "timeout" : "closed");
    }
    open.remove(connection);
    idle.remove(connection);
    pump();
  }

  private void look() {
    long now = clock.nanos();
    for (Connection connection : open) { // closing reports later, in a task of its own
      if (connection.busy() && now - connection.sent() >= TIMEOUT.toNanos()) {
        connection.close();
      }
    }
    pump();
    if (now >= end && (quiet(now) || now >= end + TIMEOUT.toNanos())) {
      finish(now);
    } else if ((now - start) / 1_000_000_000L > secondsShown) {
      secondsShown++;
      String phase = now < from ? "  (warming up)" : "";
      progress.accept("%4d s %s%s".formatted(secondsShown, tally.lastSecond(), phase));
    }
  }

  private boolean quiet(long now) {
    return pace.waiting(now) == 0 && open.stream().noneMatch(Connection::busy);
  }

  private void finish(long now) {
    if (finished.getCount() == 0) {
      return;
    }
    for (Connection connection : open) {
      if (connection.busy()) {
        tally.failed(connection.intended(), now, "timeout");
      }
    }
    for (long late = pace.take(now); late != Pace.NONE; late = pace.take(now)) {
      tally.failed(late, now, "unsent");
    }
    finished.countDown();
  }
}
