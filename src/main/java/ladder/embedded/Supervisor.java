package ladder.embedded;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ladder.failure.StartupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a server again on its port when its process dies, so that clients recover by reconnecting.
 * One virtual thread looks after each server: the servers are no children of this process, so it
 * must look for their death. One line is logged for a death and one for the return.
 */
final class Supervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  /** Well below the time that a start takes; a look reads two lines of /proc. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

  private static final Duration PAUSE_FIRST = Duration.ofMillis(100);

  /** A server that can't start now (a full disk) is tried for as long as Ladder runs. */
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  /** An attempt under way is interrupted, and ends with the command that it runs. */
  private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  void watch(Server server) {
    threads.add(
        Thread.ofVirtual().name("supervise-" + server.name()).start(() -> supervise(server)));
  }

  private void supervise(Server server) {
    try {
      while (!closed.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!server.alive()) {
          log.warn("{} died: starting it again on port {}", server.name(), server.port());
          restart(server);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restart(Server server) throws InterruptedException {
    Duration pause = PAUSE_FIRST;
    boolean reported = false;
    while (closed.getCount() > 0) {
      try {
        server.start();
        log.info("{} is back on port {}", server.name(), server.port());
        return;
      } catch (RuntimeException e) {
        if (!reported && closed.getCount() > 0) {
          log.warn("{} is not back yet: {}", server.name(), reason(e));
          reported = true;
        }
      }
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
    }
  }

  private static String reason(RuntimeException e) {
    return e instanceof StartupException embedded
        ? embedded.getMessage() + "\n" + embedded.detail()
        : e.toString();
  }

  /** Returns when no server will be started any more. */
  @Override
  public void close() {
    closed.countDown();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(CLOSE_WAIT_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
