package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.sql.SQLException;
import java.time.Duration;
import ladder.db.DatabaseUrl;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.KillableServers;
import org.junit.jupiter.api.Test;

/** A standby that was copied from a primary at work follows it like the first one. */
class SecondStandbyIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final KillableServers servers = KillableServers.shared();

  @Test
  void itHasWhatWasThereBeforeAndWhatComesAfter() throws Exception {
    Connect.execute(servers.databaseUrl(), "CREATE TABLE second_before AS SELECT 1 AS n");
    String url = servers.secondStandby().url();
    Connect.execute(servers.databaseUrl(), "CREATE TABLE second_after AS SELECT 2 AS n");
    await(url, "SELECT n FROM second_before", "1");
    await(url, "SELECT n FROM second_after", "2");
    assertEquals("t", Connect.query(url, "SELECT pg_is_in_recovery()"));
    assertNotEquals(servers.replicaUrl(), url);
  }

  @Test
  void aFrozenOneGoesOnWhereItWas() throws Exception {
    SecondStandby second = servers.secondStandby();
    second.freeze();
    try {
      Connect.execute(servers.databaseUrl(), "CREATE TABLE second_frozen AS SELECT 3 AS n");
    } finally {
      second.thaw();
    }
    await(second.url(), "SELECT n FROM second_frozen", "3");
  }

  @Test
  void bothStandbysHaveOneUrl() {
    DatabaseUrl url = DatabaseUrl.parse(servers.replicaUrls());
    assertEquals(2, url.hosts().size());
    assertEquals(DatabaseUrl.parse(servers.replicaUrl()).login(), url.login());
  }

  private static void await(String url, String query, String answer) {
    Await.until(query, LIMIT, () -> answer.equals(answered(url, query)));
  }

  private static String answered(String url, String query) {
    try {
      return Connect.query(url, query);
    } catch (SQLException e) {
      return e.toString();
    }
  }
}
