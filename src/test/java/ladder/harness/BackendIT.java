package ladder.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whichever the backend, a row reaches the replica and Redis answers. */
class BackendIT {
  @Test
  void theReplicaServesWhatThePrimaryWrote() throws Exception {
    TestServers.Backend servers = TestServers.shared();
    String table = "harness_" + UUID.randomUUID().toString().replace('-', '_');
    Connect.execute(servers.databaseUrl(), "CREATE TABLE %s AS SELECT 7 AS n".formatted(table));
    Await.until(
        "the table on the replica",
        Duration.ofSeconds(10),
        () -> {
          try {
            return Connect.query(servers.replicaUrl(), "SELECT n FROM " + table).equals("7");
          } catch (java.sql.SQLException e) {
            return false;
          }
        });
    assertEquals("t", Connect.query(servers.replicaUrl(), "SELECT pg_is_in_recovery()"));
    Connect.execute(servers.databaseUrl(), "DROP TABLE " + table);
  }

  @Test
  void redisAnswers() {
    try (RedisClient client = RedisClient.create(TestServers.shared().redisUrl());
        var connection = client.connect()) {
      assertEquals("PONG", connection.sync().ping());
    }
  }

  @Test
  void allTestsOfAJvmShareTheServers() {
    assertEquals(TestServers.shared().databaseUrl(), TestServers.shared().databaseUrl());
  }
}
