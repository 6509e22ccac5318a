package ladder.harness.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import ladder.harness.Await;

/**
 * Readers and writers who ask for the same few users on several nodes, each one request at a time,
 * and record what they see. A writer often reads on another node at once what it has just written,
 * which is where a stale answer shows first. The seed decides who asks for what, not in which order
 * the requests of several callers meet.
 *
 * <p>{@link #prepare} first, then {@link #start}; what was recorded is read after {@link #stop}.
 */
public final class MixedLoad implements AutoCloseable {
  /** After a failure; else a server that refuses at once would be asked thousands of times. */
  private static final Duration REST = Duration.ofMillis(5);

  private static final Duration WAIT_MAX = Duration.ofMinutes(5);
  private static final int[] LIMITS = {3, 20, 100};

  /**
   * How much is asked.
   *
   * @param pauseMax a caller waits up to so long after each request; zero: never
   */
  public record Shape(int users, int readers, int writers, Duration pauseMax) {
    @Override
    public String toString() {
      String pause =
          pauseMax.isZero() ? "no pause" : "pauses up to %d ms".formatted(pauseMax.toMillis());
      return "%d readers, %d writers, %d users, %s".formatted(readers, writers, users, pause);
    }
  }

  private final Shape shape;
  private final long seed;
  private final Population population;
  private final AtomicInteger sequence = new AtomicInteger();
  private final List<Caller> callers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private int prepared;
  private long startNanos;
  private long stopNanos;
  private volatile boolean stopped;

  /**
   * @param keys callers use them in turn: enough of them that none reaches its limit
   */
  public MixedLoad(Shape shape, long seed, List<Integer> ports, List<String> keys) {
    this.shape = shape;
    this.seed = seed;
    this.population = new Population(shape.users());
    for (int i = 0; i < shape.readers() + shape.writers(); i++) {
      callers.add(new Caller(ports, keys.get(i % keys.size()), sequence));
    }
  }

  /** Signs all users up. */
  public MixedLoad prepare() {
    Caller caller = callers.getFirst();
    for (int place = 0; place < population.size(); place++) {
      if (!(caller.signUp(place % caller.nodes()) instanceof Outcome.User)) {
        throw new AssertionError("no sign-up: " + caller.record().getLast());
      }
      population.settle(place, caller.lastUser());
    }
    return this;
  }

  public MixedLoad start() {
    prepared = sequence.get();
    startNanos = System.nanoTime();
    for (int i = 0; i < callers.size(); i++) {
      Caller caller = callers.get(i);
      Random random = new Random(seed * 31 + i);
      BiConsumer<Caller, Random> step = i < shape.readers() ? this::read : this::write;
      // Platform threads: few, and each wait costs one switch less than a virtual thread's.
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("caller-" + i)
              .start(() -> repeat(step, caller, random)));
    }
    return this;
  }

  private void repeat(BiConsumer<Caller, Random> step, Caller caller, Random random) {
    try {
      while (!stopped) {
        step.accept(caller, random);
        long pauseNanos = shape.pauseMax().toNanos();
        if (pauseNanos > 0) {
          LockSupport.parkNanos(random.nextLong(pauseNanos));
        }
        if (caller.record().getLast().failed()) {
          LockSupport.parkNanos(REST.toNanos());
        }
      }
    } catch (RuntimeException | Error e) {
      faults.add(e);
    }
  }

  private void read(Caller caller, Random random) {
    int node = random.nextInt(caller.nodes());
    int dice = random.nextInt(100);
    Population.Known known = population.order(random);
    long former = population.formerUser(random);
    if (dice < 15) {
      list(caller, random, node, population.user(population.place(random)));
    } else if (dice < 25 && known != null) {
      caller.getOrder(node, known);
    } else if (dice < 32 && former != Operation.NOBODY) {
      caller.get(node, former);
    } else {
      caller.get(node, population.user(population.place(random)));
    }
  }

  private void list(Caller caller, Random random, int node, long user) {
    Outcome _ = caller.list(node, user, LIMITS[random.nextInt(LIMITS.length)]);
  }

  private void write(Caller caller, Random random) {
    int node = random.nextInt(caller.nodes());
    int other = (node + 1) % caller.nodes();
    int place = population.place(random);
    long user = population.user(place);
    int dice = random.nextInt(100);
    boolean look = random.nextBoolean();
    if (dice < 65) {
      Outcome _ = caller.patch(node, user);
      if (look) {
        Outcome _ = caller.get(other, user);
      }
    } else if (dice < 92) {
      if (caller.order(node, user) instanceof Outcome.Order order) {
        population.ordered(user, order.id());
      }
      if (look) {
        list(caller, random, other, user);
      }
    } else {
      replace(caller, node, other, place, user);
    }
  }

  /** Deletes a user and signs another up, whom the others then meet in the same place. */
  private void replace(Caller caller, int node, int other, int place, long user) {
    Outcome _ = caller.delete(node, user);
    population.deleted(user);
    Outcome _ = caller.get(other, user);
    if (caller.signUp(node) instanceof Outcome.User) {
      long fresh = caller.lastUser();
      population.settle(place, fresh);
      Outcome _ = caller.get(other, fresh);
    }
  }

  /** Returns when so many requests were made since the start. */
  public void awaitOperations(int count) {
    Await.until(
        count + " operations",
        WAIT_MAX,
        () -> !faults.isEmpty() || sequence.get() - prepared >= count);
  }

  /** Lets it go on for so long. */
  public void go(Duration time) {
    long endNanos = System.nanoTime() + time.toNanos();
    Await.until("its time", time.plus(WAIT_MAX), () -> System.nanoTime() - endNanos >= 0);
  }

  /** One of the users who are asked for now. */
  public long someUser(Random random) {
    return population.user(population.place(random));
  }

  /** Returns when the requests under way have ended. */
  public MixedLoad stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        if (!thread.join(WAIT_MAX)) {
          throw new AssertionError("a request does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    if (stopNanos == 0) {
      stopNanos = System.nanoTime();
    }
    for (Throwable fault : faults) {
      throw new AssertionError("a caller failed", fault);
    }
    return this;
  }

  /** All that was recorded, the preparation included. */
  public List<Operation> history() {
    return callers.stream().flatMap(caller -> caller.record().stream()).toList();
  }

  /** What was recorded from the start on. */
  public List<Operation> operations() {
    return history().stream().filter(o -> o.startNanos() >= startNanos).toList();
  }

  public double seconds() {
    return (stopNanos - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  public long startNanos() {
    return startNanos;
  }

  public Shape shape() {
    return shape;
  }

  public long seed() {
    return seed;
  }

  @Override
  public void close() {
    MixedLoad _ = stop();
    for (Caller caller : callers) {
      try {
        caller.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
