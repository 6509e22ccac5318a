package ladder.harness;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import ladder.harness.RawHttp.Answer;

/**
 * Virtual threads that make requests, each over a connection of its own, until they are told to
 * stop. Every answer is kept, and every failure to get one, so that a test can ask for none.
 */
public final class Load implements AutoCloseable {
  /** After a failure to connect; else a dead server would be asked thousands of times. */
  private static final Duration REST = Duration.ofMillis(5);

  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  /** One request. */
  @FunctionalInterface
  public interface Step {
    Answer send(LadderClient client, int number) throws IOException;
  }

  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final int port;
  private final String key;
  private final Step step;
  private final List<Thread> threads;
  private volatile boolean stopped;

  /** Starts so many threads. */
  public Load(int port, String key, int threads, Step step) {
    this.port = port;
    this.key = key;
    this.step = step;
    this.threads =
        IntStream.range(0, threads)
            .mapToObj(i -> Thread.ofVirtual().name("load-" + i).start(this::run))
            .toList();
  }

  /** Reads one user over and over. */
  public static Load reading(LadderProcess ladder, String key, int threads, String path) {
    return new Load(ladder.port(), key, threads, (client, _) -> client.get(path));
  }

  private void run() {
    try (LadderClient client = new LadderClient(port, key)) {
      while (!stopped) {
        try {
          answers.add(step.send(client, sent.incrementAndGet()));
          answered.incrementAndGet();
        } catch (IOException e) {
          failures.add(e.toString());
          LockSupport.parkNanos(REST.toNanos());
        }
      }
    } catch (IOException e) {
      failures.add("at the end: " + e);
    }
  }

  /** Returns when so many more requests were answered. */
  public void awaitMore(int more) {
    int wanted = answered.get() + more;
    Await.until(more + " more answers", WAIT_MAX, () -> answered.get() >= wanted);
  }

  /** Stops it; returns when the requests under way are answered. */
  public Load stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        if (!thread.join(WAIT_MAX)) {
          throw new AssertionError("a request is not answered");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    return this;
  }

  public List<Answer> answers() {
    return List.copyOf(answers);
  }

  /** Answers that have another status than this one. */
  public List<Answer> answersBut(int status) {
    return answers.stream().filter(answer -> answer.status() != status).toList();
  }

  /** Requests that were not answered, by what happened instead. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    Load _ = stop();
  }
}
