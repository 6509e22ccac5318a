package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.OwnDatabase;
import ladder.harness.PgBouncer;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** Behind PgBouncer, where a setting that stays on a connection would be everybody's. */
class MissingIndexesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String MANY_ORDERS =
      """
      INSERT INTO users (email, name)
      SELECT i || '@example.com', 'Ada' FROM generate_series(1, 999) i;
      INSERT INTO orders (user_id, item, quantity, unit_price_cents)
      SELECT 1 + i % 900, 'Pen', 1, 1 FROM generate_series(1, 20000) i;
      DROP INDEX orders_user;
      ANALYZE
      """;

  @Test
  void findsTheIndexAndLeavesNothingOnTheSharedConnections() throws SQLException {
    try (OwnDatabase own = new OwnDatabase();
        PgBouncer bouncer =
            PgBouncer.start(own.url(), own.replicaUrl(), Map.of("PGBOUNCER_POOL_SIZE", "1"));
        Database database =
            Database.alone(
                Databases.pooled(bouncer.databaseUrl(), Target.PRIMARY, Databases.OPTIONS),
                Clock.system())) {
      int _ = Migrations.migrate(DatabaseUrl.parse(own.url()));
      Connect.execute(own.url(), MANY_ORDERS);
      String sql = "SELECT item FROM orders WHERE user_id = ? AND item = 'Pen'";
      List<String> items = database.readPrimary(tx -> tx.texts(sql, 1L));
      assertEquals(22, items.size());
      // One that cannot be prepared must not spoil the transaction for the others.
      assertEquals(List.of("auto"), database.readPrimary(tx -> tx.texts("SHOW plan_cache_mode")));
      List<MissingIndexes.Missing> found =
          new MissingIndexes(database, Clock.system()).list(PATIENCE);
      assertEquals(
          List.of("CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id)"),
          found.stream().map(MissingIndexes.Missing::statement).toList());
      assertEquals(
          List.of("auto 0"),
          database.readPrimary(
              tx ->
                  tx.texts(
                      "SELECT current_setting('plan_cache_mode') || ' ' || count(*)"
                          + " FROM pg_prepared_statements")));
    }
  }
}
