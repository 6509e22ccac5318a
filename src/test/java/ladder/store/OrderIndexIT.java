package ladder.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the index on {@code orders (user_id, id DESC)} is worth over 300,000 orders, by PostgreSQL's
 * own account. All rows stand in one transaction that is rolled back.
 */
class OrderIndexIT {
  private static final int LIMIT = 20;
  private static final int DEEP = 100_000;

  /** Pages that one page of orders may touch: one for each row, and two trees from their roots. */
  private static final int BUFFERS_MAX = LIMIT + 16;

  /** Where a page of orders crosses the end of a page of the table, and of the index. */
  private static final int BUFFERS_APART_MAX = 2;

  private static final String ALL = "SELECT * FROM orders WHERE user_id = ?";

  private static final String MARK = "order-index-";
  private static Connection connection;
  private static long busyUser;
  private static long plainUser;
  private static long deepUser;

  /** What EXPLAIN tells of one page: its plan's nodes, and the buffers of all of them. */
  private record Plan(List<JsonNode> nodes, int buffers) {
    boolean has(String type) {
      return nodes.stream().anyMatch(node -> node.path("Node Type").asText().contains(type));
    }

    JsonNode on(String table) {
      return nodes.stream()
          .filter(node -> node.path("Relation Name").asText().equals(table))
          .findFirst()
          .orElseThrow();
    }
  }

  @BeforeAll
  static void fill() throws SQLException {
    Databases.migrate();
    connection = Connect.postgres(TestServers.shared().databaseUrl());
    connection.setAutoCommit(false);
    execute(
        """
        INSERT INTO users (email, name)
        SELECT '%s' || n || '@example.org', 'U' FROM generate_series(1, 19800) n
        """
            .formatted(MARK));
    busyUser = user(1);
    plainUser = user(777);
    for (int turn = 0; turn < 10; turn++) {
      // A user's orders lie far apart, as they do when they come in over months.
      execute(
          """
          INSERT INTO orders (user_id, item, quantity, unit_price_cents)
          SELECT id, 'tea', 1, 250 FROM users WHERE email LIKE '%s%%'
          UNION ALL SELECT %d, 'tea', 1, 250 FROM generate_series(1, 200)
          """
              .formatted(MARK, busyUser));
    }
    execute("INSERT INTO users (email, name) VALUES ('%s0@example.org', 'U')".formatted(MARK));
    deepUser = user(0);
    execute(
        """
        INSERT INTO orders (user_id, item, quantity, unit_price_cents)
        SELECT %d, 'tea', 1, 250 FROM generate_series(1, %d)
        """
            .formatted(deepUser, DEEP));
    execute("ANALYZE users");
    execute("ANALYZE orders");
  }

  @AfterAll
  static void rollBack() throws SQLException {
    connection.rollback();
    connection.close();
  }

  @Test
  void aPageOfOrdersReadsItsRowsAloneByTheIndex() throws Exception {
    assertTrue(number("SELECT count(*) FROM orders") >= 200_000);
    assertReadsByIndex(page(busyUser, Long.MAX_VALUE), LIMIT);
    assertReadsByIndex(page(plainUser, Long.MAX_VALUE), 10);
  }

  @Test
  void aPageCostsTheSameWhereverItBeginsAndHoweverManyOrdersTheUserHas() throws Exception {
    Plan few = page(plainUser, Long.MAX_VALUE);
    Plan first = page(deepUser, Long.MAX_VALUE);
    Plan deep = page(deepUser, olderThanAllBut(DEEP / 10));
    Plan deepest = page(deepUser, olderThanAllBut(LIMIT));
    assertReadsByIndex(few, 10);
    for (Plan page : List.of(first, deep, deepest)) {
      assertReadsByIndex(page, LIMIT);
      assertTrue(
          Math.abs(page.buffers() - first.buffers()) <= BUFFERS_APART_MAX,
          () -> page.buffers() + " buffers, and the first page " + first.buffers());
    }
  }

  /** The cursor before which the deep user has so many orders. */
  private static long olderThanAllBut(int orders) throws SQLException {
    return number(
        "SELECT id FROM orders WHERE user_id = %d ORDER BY id OFFSET %d LIMIT 1"
            .formatted(deepUser, orders));
  }

  @Test
  void withoutTheIndexThePageReadsTheWholeTable() throws Exception {
    var before = connection.setSavepoint();
    execute("DROP INDEX orders_user");
    Plan page = page(plainUser, Long.MAX_VALUE);
    Plan all = explain(ALL, plainUser);
    connection.rollback(before);
    assertTrue(page.on("orders").path("Rows Removed by Filter").asInt() > 190_000);
    assertTrue(page.buffers() > 1_000, () -> page.buffers() + " buffers");
    assertEquals("Seq Scan", all.on("orders").path("Node Type").asText());
  }

  private static void assertReadsByIndex(Plan plan, int rows) {
    JsonNode scan = plan.on("orders");
    assertEquals("Index Scan", scan.path("Node Type").asText());
    assertEquals("orders_user", scan.path("Index Name").asText());
    assertEquals(rows, scan.path("Actual Rows").asInt());
    assertTrue(scan.path("Filter").isMissingNode(), "every row that is read is wanted");
    assertFalse(plan.has("Sort"));
    assertFalse(plan.has("Seq Scan"));
    assertTrue(plan.buffers() <= BUFFERS_MAX, () -> plan.buffers() + " buffers");
  }

  private static Plan page(long userId, long beforeId) throws Exception {
    return explain(OrderStore.PAGE, beforeId, LIMIT, userId);
  }

  private static Plan explain(String sql, Object... parameters) throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        JsonNode root = new ObjectMapper().readTree(row.getString(1)).path(0).path("Plan");
        List<JsonNode> nodes = new ArrayList<>();
        collect(root, nodes);
        return new Plan(
            nodes,
            root.path("Shared Hit Blocks").asInt() + root.path("Shared Read Blocks").asInt());
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    into.add(node);
    node.path("Plans").forEach(child -> collect(child, into));
  }

  private static long user(int n) throws SQLException {
    return number("SELECT id FROM users WHERE email = '%s%d@example.org'".formatted(MARK, n));
  }

  private static long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
