package bench;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Empties the outbox. A thread of its own, since {@code @Scheduled} looks once a second at most
 * (guide scheduler-reference).
 */
@Singleton
class OutboxWorker implements Runnable {
  private static final Logger LOG = Logger.getLogger(OutboxWorker.class);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration PAUSE_AFTER_FAULT = Duration.ofSeconds(1);

  private final Outbox outbox;
  private final Thread thread = Thread.ofVirtual().name("outbox").unstarted(this);

  OutboxWorker(Outbox outbox) {
    this.outbox = outbox;
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    thread.interrupt();
    thread.join(Duration.ofSeconds(5));
  }

  @Override
  public void run() {
    try {
      while (true) {
        Thread.sleep(next());
      }
    } catch (InterruptedException e) {
      // The service ends; what is left is delivered when it starts again.
    }
  }

  /** How long to wait before the next look. */
  private Duration next() throws InterruptedException {
    try {
      return outbox.deliver() == Outbox.BATCH ? Duration.ZERO : PAUSE;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.error("The outbox waits", e);
      return PAUSE_AFTER_FAULT;
    }
  }
}
