package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.KillableServers;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.RawHttp.Answer;
import ladder.harness.ServerPids.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One of the two PostgreSQL servers goes away under load. The cache is off, so every read needs a
 * database; what was written a moment ago is read from the primary, so that moment is short.
 */
class DatabaseKilledIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Far below the answer's bound of a client, far above the pool's wait of one second. */
  private static final Duration QUICK = Duration.ofSeconds(8);

  private static KillableServers servers;
  private static LadderProcess ladder;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    servers = KillableServers.shared();
    ladder =
        LadderProcess.start(
            LadderProcess.scratch("data"),
            servers.settings(
                "LADDER_RUNGS", "pool,replica,background,limit",
                "LADDER_STATEMENT_TIMEOUT", "1s"));
    key = ladder.createKey();
  }

  @AfterAll
  static void stop() {
    ladder.close();
  }

  @Test
  void noReadFailsWhenTheReplicaDies() throws Exception {
    try (LadderClient client = ladder.client(key)) {
      String user = client.signUp("replica-killed@example.com").header("Location");
      try (Load reads = Load.reading(ladder, key, 8, user)) {
        awaitReadsOfTheReplica();
        servers.killForGood(Server.STANDBY);
        reads.awaitMore(300);
        assertEquals(201, client.signUp("without-replica@example.com").status());
        servers.letBack(Server.STANDBY);
        awaitReadsOfTheReplica();
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
    }
  }

  @Test
  void readsGoOnWhenThePrimaryDiesAndWritesAreRefusedForAWhile() throws Exception {
    AtomicInteger created = new AtomicInteger();
    try (LadderClient client = new LadderClient(ladder.port(), key, QUICK)) {
      String user = client.signUp("primary-killed@example.com").header("Location");
      awaitReplicated(user);
      try (Load reads = Load.reading(ladder, key, 6, user);
          Load writes =
              new Load(ladder.port(), key, 2, (c, n) -> c.signUp("w%d@example.com".formatted(n)))) {
        writes.awaitMore(50);
        servers.killForGood(Server.PRIMARY);
        reads.awaitMore(100);
        Answer refused = client.signUp("refused@example.com");
        assertEquals(503, refused.status(), refused::toString);
        assertEquals("1", refused.header("Retry-After"));
        assertEquals("application/problem+json", refused.header("Content-Type"));
        assertEquals(200, client.get("/health/ready").status());
        assertEquals(200, client.get(user).status());
        servers.letBack(Server.PRIMARY);
        Await.until(
            "a sign-up",
            LIMIT,
            () -> signUp(client, "back%d@example.com".formatted(created.incrementAndGet())) == 201);
        writes.awaitMore(50);
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
        assertEquals(List.of(), writes.stop().failures());
        awaitEffectsOf(writes);
      }
    }
  }

  @Test
  void noReadFailsWhileTheReplicaHangs() throws Exception {
    try (LadderClient client = ladder.client(key)) {
      String user = client.signUp("replica-hangs@example.com").header("Location");
      try (Load reads = Load.reading(ladder, key, 4, user)) {
        awaitReadsOfTheReplica();
        servers.freeze(Server.STANDBY);
        try {
          reads.awaitMore(100);
        } finally {
          servers.thaw(Server.STANDBY);
        }
        awaitReadsOfTheReplica();
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
    }
  }

  @Test
  void readsGoOnWhileThePrimaryHangsAndWritesAreRefused() throws Exception {
    try (LadderClient client = new LadderClient(ladder.port(), key, QUICK)) {
      String user = client.signUp("primary-hangs@example.com").header("Location");
      awaitReplicated(user);
      try (Load reads = Load.reading(ladder, key, 4, user)) {
        awaitReadsOfTheReplica();
        servers.freeze(Server.PRIMARY);
        try {
          for (int i = 0; i < 3; i++) {
            Answer refused = client.signUp("refused%d@example.com".formatted(i));
            assertEquals(503, refused.status(), refused::toString);
            assertEquals("1", refused.header("Retry-After"));
          }
          reads.awaitMore(100);
        } finally {
          servers.thaw(Server.PRIMARY);
        }
        Await.until("a sign-up", LIMIT, () -> signUp(client, "thawed@example.com") != 503);
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
    }
  }

  /** Whoever was answered 201 is there, with all three effects; nobody saw another fault. */
  private static void awaitEffectsOf(Load writes) throws SQLException {
    List<Answer> created = writes.answers().stream().filter(a -> a.status() == 201).toList();
    for (Answer answer : writes.answersBut(201)) {
      assertEquals(503, answer.status(), answer::toString);
    }
    assertTrue(created.size() >= 100, () -> created.size() + " sign-ups");
    String ids =
        String.join(
            ",", created.stream().map(a -> LadderClient.json(a).get("id").asText()).toList());
    assertEquals(
        created.size(),
        Integer.parseInt(
            Connect.query(
                servers.databaseUrl(),
                "SELECT count(*) FROM users WHERE id IN (%s)".formatted(ids))));
    Await.until(
        "three effects each",
        LIMIT,
        () ->
            query(
                    """
                    SELECT count(*) FROM audit_log JOIN deliveries USING (event_id)
                    WHERE user_id IN (%s)
                    """
                        .formatted(ids))
                == 3 * created.size());
  }

  private static void awaitReplicated(String user) {
    String sql = "SELECT count(*) FROM users WHERE id = " + user.substring("/users/".length());
    Await.until(
        "the user on the replica",
        LIMIT,
        () -> query(servers.settings().get("LADDER_REPLICA_URL"), sql) == 1);
  }

  private static void awaitReadsOfTheReplica() {
    JsonNode[] before = {stats()};
    Await.until(
        "reads of the replica",
        LIMIT,
        () -> {
          JsonNode now = stats();
          boolean reads =
              grown("replicaQueries", before[0], now) > 0
                  && grown("primaryQueries", before[0], now) == 0
                  && grown("replicaFailures", before[0], now) == 0;
          before[0] = now;
          return reads;
        });
  }

  private static long grown(String counter, JsonNode before, JsonNode now) {
    return now.get(counter).asLong() - before.get(counter).asLong();
  }

  private static JsonNode stats() {
    try (LadderClient admin = ladder.admin()) {
      return LadderClient.json(admin.get("/stats")).get("database");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int signUp(LadderClient client, String email) {
    try {
      return client.signUp(email).status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int query(String sql) {
    return query(servers.databaseUrl(), sql);
  }

  private static int query(String url, String sql) {
    try {
      return Integer.parseInt(Connect.query(url, sql));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
