package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import ladder.harness.Await;
import ladder.harness.KillableServers;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.RawHttp.Answer;
import ladder.harness.ServerPids.Server;
import org.junit.jupiter.api.Test;

/** Neither the primary nor the replica answers: what is cached is served on, and says so. */
class BothDatabasesGoneIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String STALE = "ladder; fwd=stale; fwd-status=503";

  @Test
  void cachedUsersAreServedAlsoBeyondTheirTimeAndByANodeThatHasJustStarted() throws Exception {
    KillableServers servers = KillableServers.shared();
    var settings = servers.settings("LADDER_CACHE_TTL", "1s");
    try (LadderProcess one = LadderProcess.start(LadderProcess.scratch("data"), settings)) {
      String key = one.createKey();
      try (LadderClient client = one.client(key)) {
        String user = client.signUp("both-gone@example.com").header("Location");
        String json = client.get(user).body();
        servers.killForGood(Server.STANDBY);
        servers.killForGood(Server.PRIMARY);
        try {
          Await.until("an answer from beyond its time", LIMIT, () -> isStale(client, user));
          assertEquals(json, client.get(user).body());
          assertEquals(503, client.get("/users/999999").status());
          try (LadderProcess two = LadderProcess.start(LadderProcess.scratch("data"), settings);
              LadderClient there = two.client(key)) {
            assertTrue(isStale(there, user));
            Answer refused = there.signUp("refused-by-both@example.com");
            assertEquals(503, refused.status());
            assertEquals("1", refused.header("Retry-After"));
          }
        } finally {
          servers.letBack(Server.PRIMARY);
          servers.letBack(Server.STANDBY);
        }
        Await.until("a sign-up", LIMIT, () -> status(client, "both-back@example.com") != 503);
      }
    }
  }

  private static boolean isStale(LadderClient client, String user) {
    try {
      Answer answer = client.get(user);
      assertEquals(200, answer.status(), answer::toString);
      return answer.header("Cache-Status").equals(STALE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int status(LadderClient client, String email) {
    try {
      return client.signUp(email).status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
