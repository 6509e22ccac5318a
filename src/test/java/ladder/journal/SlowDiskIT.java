package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.db.Database;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Databases;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** A disk that stands still must not take the database with it. */
class SlowDiskIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final FakeDisk disk = new FakeDisk();
  private final JournalWriter writer =
      new JournalWriter(
          disk,
          new Journal.Context(
              Fixture.options(Path.of("unused"), 1),
              new Fixture.FakeLedger(),
              Clock.system(),
              new Random(1)),
          () -> {});

  @Test
  void signUpsAreRefusedAndReadsHaveTheirConnections() throws Exception {
    writer.start();
    try (Database database = Databases.primary();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      disk.hangs = true;
      Callable<String> signUp = () -> signUp(database);
      for (Future<String> answer :
          clients.invokeAll(Collections.nCopies(3 * Databases.OPTIONS.size(), signUp))) {
        ExecutionException e = assertThrows(ExecutionException.class, answer::get);
        assertTrue(e.getCause() instanceof UnavailableException, e::toString);
      }
      Await.until("the disk is behind", LIMIT, () -> !writable());
      long queries = database.stats().primaryQueries();
      for (int i = 0; i < 100; i++) {
        assertThrows(UnavailableException.class, () -> signUp(database));
      }
      assertEquals(queries, database.stats().primaryQueries(), "refused before a connection");
      assertEquals(1, database.readPrimary(tx -> tx.first("SELECT 1", r -> r.getInt(1))).get());
      disk.hangs = false;
      disk.released.countDown();
      Await.until("sign-ups come back by themselves", LIMIT, this::writable);
      assertEquals("201", signUp(database));
    } finally {
      disk.released.countDown();
      boolean _ = writer.finish();
    }
  }

  private String signUp(Database database) {
    writer.requireWritable();
    return database.write(
        tx -> {
          writer.append(List.of(new byte[1]));
          return "201";
        });
  }

  private boolean writable() {
    try {
      writer.requireWritable();
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }
}
