package ladder.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.store.IdempotencyStore.StoredAnswer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class IdempotencyStoreIT {
  private static final StoreFixture here = new StoreFixture();
  private final IdempotencyStore store = new IdempotencyStore();
  private final long apiKeyId = here.newKeyId();
  private final String key = UUID.randomUUID().toString();

  @AfterAll
  static void close() {
    here.close();
  }

  private static StoredAnswer answer(String body) {
    return new StoredAnswer(
        new byte[] {1, 2}, 201, "{\"Location\": \"/users/1\"}", body.getBytes(UTF_8));
  }

  private Optional<StoredAnswer> find(long ofApiKey, String ofKey) {
    return here.database.readPrimary(tx -> store.find(tx, ofApiKey, ofKey));
  }

  private void insert(String ofKey, String body) {
    Object _ =
        here.database.write(
            tx -> {
              store.insert(tx, apiKeyId, ofKey, answer(body));
              return "";
            });
  }

  private boolean tryLock() {
    return here.database.write(tx -> store.tryLock(tx, apiKeyId, key));
  }

  private void age(String ofKey, String interval) {
    here.execute(
        "UPDATE idempotency_keys SET created_at = now() - ?::interval"
            + " WHERE api_key_id = ? AND key = ?",
        interval,
        apiKeyId,
        ofKey);
  }

  @Test
  void theFirstAnswerIsKeptAsItWas() {
    insert(key, "{\"id\":1}");
    StoredAnswer found = find(apiKeyId, key).orElseThrow();
    assertEquals(201, found.status());
    assertEquals("{\"Location\": \"/users/1\"}", found.headers());
    assertArrayEquals(new byte[] {1, 2}, found.requestHash());
    assertArrayEquals("{\"id\":1}".getBytes(UTF_8), found.body());
  }

  @Test
  void aKeyIsItsClientsAlone() {
    insert(key, "mine");
    assertEquals(Optional.empty(), find(here.newKeyId(), key));
  }

  @Test
  void whileOneTransactionHoldsTheKeyNoOtherGetsIt() {
    Object _ =
        here.database.write(
            tx -> {
              assertTrue(store.tryLock(tx, apiKeyId, key));
              assertFalse(tryLock());
              return "";
            });
    assertTrue(tryLock(), "the lock goes with its transaction");
  }

  @Test
  void aTransactionThatIsRolledBackLeavesNothing() {
    here.rolledBack(
        tx -> {
          assertTrue(store.tryLock(tx, apiKeyId, key));
          store.insert(tx, apiKeyId, key, answer("never"));
          return "";
        });
    assertEquals(Optional.empty(), find(apiKeyId, key));
    assertTrue(tryLock());
  }

  @Test
  void ofACrowdWithOneKeyOneDoesTheWork() throws Exception {
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        all.add(
            crowd.submit(
                () ->
                    here.database.write(
                        tx -> {
                          if (store.tryLock(tx, apiKeyId, key)
                              && store.find(tx, apiKeyId, key).isEmpty()) {
                            done.incrementAndGet();
                            store.insert(tx, apiKeyId, key, answer("once"));
                          }
                          return "";
                        })));
      }
      for (Future<?> one : all) {
        Object _ = one.get();
      }
    }
    assertEquals(1, done.get());
  }

  @Test
  void anAnswerIsForgottenAfterADayAndReplaced() {
    insert(key, "old");
    age(key, "23 hours 59 minutes");
    assertTrue(find(apiKeyId, key).isPresent());
    age(key, "24 hours");
    assertEquals(Optional.empty(), find(apiKeyId, key));
    insert(key, "new");
    assertArrayEquals("new".getBytes(UTF_8), find(apiKeyId, key).orElseThrow().body());
  }

  @Test
  void expiredAnswersAreDeletedInBoundedSteps() {
    for (int i = 0; i < 6; i++) {
      insert("old-" + i, "old");
    }
    insert("young", "new");
    for (int i = 0; i < 6; i++) {
      age("old-" + i, "10 years");
    }
    assertEquals(4, prune(4));
    assertEquals(2, rows("old-%"));
    assertEquals(2, prune(4));
    assertEquals(0, rows("old-%"));
    assertEquals(1, rows("young"));
  }

  private int prune(int rowsMax) {
    return here.database.write(tx -> store.prune(tx, rowsMax));
  }

  private long rows(String like) {
    return here.count(
        "SELECT count(*) FROM idempotency_keys WHERE api_key_id = ? AND key LIKE ?",
        apiKeyId,
        like);
  }
}
