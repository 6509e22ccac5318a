package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import ladder.harness.Connect;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On an empty database of the test's own. */
class MigrationsIT {
  private static final String SHARED = TestServers.shared().databaseUrl();

  private final String name = "migrations_" + UUID.randomUUID().toString().replace('-', '_');
  private final String url = SHARED.replaceFirst("/[^/]*$", "/" + name);
  private final DatabaseUrl target = DatabaseUrl.parse(url);

  @BeforeEach
  void create() throws SQLException {
    Connect.execute(SHARED, "CREATE DATABASE " + name);
  }

  @AfterEach
  void drop() throws SQLException {
    Connect.execute(SHARED, "DROP DATABASE %s WITH (FORCE)".formatted(name));
  }

  @Test
  void bringsAnEmptyDatabaseToTheLatestVersionOnce() throws Exception {
    int first = Migrations.migrate(target);
    assertTrue(first >= 3, () -> "" + first);
    assertEquals(String.valueOf(first), Migrations.LATEST);
    try (Stream<Path> files = Files.list(Path.of("sql"))) {
      assertEquals(
          files.count(),
          Long.parseLong(Migrations.LATEST),
          "a file in sql/ is only applied when Migrations.LATEST names it");
    }
    assertEquals(
        "api_keys,audit_log,dead_letters,deliveries,idempotency_keys,missed_invalidations,"
            + "orders,users",
        Connect.query(
            url,
            """
            SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename NOT LIKE 'flyway%'
            """));
    assertEquals(0, Migrations.migrate(target));
  }

  @Test
  void nodesThatStartTogetherTakeTurns() throws Exception {
    int applied = 0;
    List<Future<Integer>> nodes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 3; i++) {
        nodes.add(threads.submit(() -> Migrations.migrate(target)));
      }
      for (Future<Integer> node : nodes) {
        applied += node.get();
      }
    }
    assertEquals(
        applied,
        Integer.parseInt(
            Connect.query(url, "SELECT count(*) FROM flyway_schema_history WHERE success")));
    assertTrue(applied >= 3);
  }

  @Test
  void leavesANewerNodesSchemaAlone() throws SQLException {
    int _ = Migrations.migrate(target);
    Connect.execute(
        url,
        """
        INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,
          checksum, installed_by, execution_time, success)
        VALUES (1000, '1000', 'of a newer node', 'SQL', 'V1000__newer.sql', 1, 'ladder', 1, true)
        """);
    assertEquals(0, Migrations.migrate(target));
  }
}
