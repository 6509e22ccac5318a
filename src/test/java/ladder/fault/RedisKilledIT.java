package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.KillableServers;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.ServerPids.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Redis goes away, and nobody is refused for it; the limiter goes on by itself, bounded. */
class RedisKilledIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static KillableServers servers;
  private static LadderProcess ladder;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    servers = KillableServers.shared();
    ladder = LadderProcess.start(LadderProcess.scratch("data"), servers.settings());
    key = ladder.createKey();
  }

  @AfterAll
  static void stop() {
    ladder.close();
  }

  @Test
  void noReadFailsAndTheLimitStaysBounded() throws Exception {
    String limited = ladder.createKey("redis-killed", 30);
    try (LadderClient client = ladder.client(key);
        LadderClient limitedClient = ladder.client(limited)) {
      String user = client.signUp("redis-killed@example.com").header("Location");
      for (int i = 0; i < 20; i++) {
        assertEquals(200, limitedClient.get(user).status());
      }
      try (Load reads = Load.reading(ladder, key, 8, user)) {
        reads.awaitMore(300);
        servers.killForGood(Server.REDIS);
        reads.awaitMore(300);
        assertEquals("ladder; fwd=miss", client.get(user).header("Cache-Status"));
        assertEquals(201, client.signUp("without-redis@example.com").status());
        // What Redis had let pass before counts on.
        assertEquals(10, passed(limited, user));
        servers.letBack(Server.REDIS);
        Await.until("a hit", LIMIT, () -> isHit(client, user));
        reads.awaitMore(300);
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
      // What passed without Redis counts on, too.
      assertEquals(0, passed(limited, user));
      // Logged once it has answered for a while.
      Await.until("the end of the outage", LIMIT, () -> isHit(client, user) && isLogged());
    }
  }

  @Test
  void noReadFailsWhileRedisHangs() throws Exception {
    try (LadderClient client = ladder.client(key)) {
      String user = client.signUp("redis-hangs@example.com").header("Location");
      try (Load reads = Load.reading(ladder, key, 8, user)) {
        reads.awaitMore(100);
        servers.freeze(Server.REDIS);
        try {
          reads.awaitMore(50);
        } finally {
          servers.thaw(Server.REDIS);
        }
        Await.until("a hit", LIMIT, () -> isHit(client, user));
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
    }
  }

  private static boolean isLogged() {
    return ladder.output().stream().anyMatch(line -> line.contains("Redis answers again"));
  }

  private static int passed(String limited, String user) {
    try (Load load = Load.reading(ladder, limited, 4, user)) {
      load.awaitMore(60);
      assertEquals(List.of(), load.stop().failures());
      return load.answersBut(429).size();
    }
  }

  private static boolean isHit(LadderClient client, String user) {
    try {
      return client.get(user).header("Cache-Status").equals("ladder; hit");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
