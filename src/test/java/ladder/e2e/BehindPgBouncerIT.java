package ladder.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Connect;
import ladder.harness.Load;
import ladder.harness.OwnDatabase;
import ladder.harness.PgBouncer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes whose pools together are larger than what PgBouncer opens for them. */
class BehindPgBouncerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int SHARED = 4;

  /** What the script adds when all are stuck. */
  private static final int RESERVE = 5;

  private static final int NODE_POOL = 12;
  private static final String ORDER = "{\"item\":\"Pen\",\"quantity\":3,\"unitPriceCents\":250}";

  private static final String OURS =
      " datname = current_database() AND application_name = 'ladder'";

  private static OwnDatabase own;
  private static PgBouncer bouncer;
  private static TestApp one;
  private static TestApp two;

  /** The first node migrates an empty database, through PgBouncer. */
  @BeforeAll
  static void start() throws SQLException {
    own = new OwnDatabase();
    bouncer =
        PgBouncer.start(
            own.url(), own.replicaUrl(), Map.of("PGBOUNCER_POOL_SIZE", String.valueOf(SHARED)));
    Map<String, String> settings = new HashMap<>(own.settings());
    settings.putAll(bouncer.settings());
    settings.put("LADDER_POOL_SIZE", String.valueOf(NODE_POOL));
    settings.put("LADDER_REPLICA_POOL_SIZE", String.valueOf(NODE_POOL));
    one = TestApp.start(settings);
    two = TestApp.start(settings);
  }

  @AfterAll
  static void stop() throws SQLException {
    if (two != null) {
      two.close();
    }
    if (one != null) {
      one.close();
    }
    if (bouncer != null) {
      bouncer.close();
    }
    own.close();
  }

  private static String ask(String sql) {
    try {
      return Connect.query(own.url(), sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  @Test
  void aSignUpHasItsEffects() {
    long id = one.signUp("Ada").get("id").longValue();
    String deliveries =
        """
        SELECT count(*) FROM deliveries d JOIN audit_log a USING (event_id) WHERE a.user_id = %d
        """
            .formatted(id);
    Await.until("its three effects", PATIENCE, () -> ask(deliveries).equals("3"));
  }

  @Test
  void aChangeOnOneNodeIsSeenOnTheOtherAndDecidesIfMatch() {
    String user = one.newUser();
    Client other = two.api();
    String before = other.get(user).header("ETag");
    assertEquals(200, one.api().patch(user, "{\"name\":\"Grace\"}").status());
    assertEquals("Grace", other.get(user).json().get("name").textValue());
    Client late = other.with("If-Match", before);
    assertEquals(412, late.patch(user, "{\"name\":\"Late\"}").status());
    Client fresh = other.with("If-Match", other.get(user).header("ETag"));
    assertEquals(200, fresh.patch(user, "{\"name\":\"Mary\"}").status());
  }

  @Test
  void pagesOfOrdersHoldEveryOrderOnce() {
    String orders = one.newUser() + "/orders";
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      made.add(one.api().post(orders, ORDER).header("Location"));
    }
    Set<String> listed = new HashSet<>();
    String cursor = "";
    do {
      JsonNode page = one.api().get(orders + "?limit=10" + cursor).json();
      page.get("orders").forEach(o -> assertTrue(listed.add("/orders/" + o.get("id").asLong())));
      cursor = page.get("next").isNull() ? "" : "&after=" + page.get("next").textValue();
    } while (!cursor.isEmpty());
    assertEquals(made, listed);
  }

  @Test
  void manyClientsOfTwoNodesAreServedOverFewConnections() {
    String order = one.api().post(one.newUser() + "/orders", ORDER).header("Location");
    try (Load first = clients(one, order);
        Load second = clients(two, order)) {
      first.awaitMore(2_000);
      second.awaitMore(2_000);
      long connections = Long.parseLong(ask("SELECT count(*) FROM pg_stat_activity WHERE" + OURS));
      assertTrue(connections <= SHARED + RESERVE, () -> connections + " connections");
      for (Load load : List.of(first, second)) {
        assertEquals(List.of(), load.stop().failures());
        assertEquals(
            List.of(),
            load.answers().stream().filter(a -> a.status() != 200 && a.status() != 201).toList());
      }
    }
  }

  /** One in four writes; an order is read from the database each time. */
  private static Load clients(TestApp node, String order) {
    String user = node.newUser();
    return new Load(
        node.port(),
        node.newKey("crowd", 100_000),
        24,
        (client, n) -> n % 4 == 0 ? client.post(user + "/orders", ORDER) : client.get(order));
  }
}
