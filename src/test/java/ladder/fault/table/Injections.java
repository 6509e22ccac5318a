package ladder.fault.table;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import ladder.embedded.SecondStandby;
import ladder.fault.table.Fault.Hit;
import ladder.fault.table.Fault.Injection;
import ladder.harness.Connect;
import ladder.harness.KillableServers;
import ladder.harness.Proxy;
import ladder.harness.ServerPids.Server;
import ladder.harness.history.Evictions;
import ladder.harness.history.Repeated;

/** Every fault that there is. */
final class Injections {
  private static final Duration FLUSH_WAIT_MAX = Duration.ofMillis(400);
  private static final Duration CUT_WAIT_MAX = Duration.ofMillis(300);

  /** Less than Redis uses when it is empty: every write is refused. */
  private static final String FULL = "512kb";

  private final KillableServers servers;

  Injections(KillableServers servers) {
    this.servers = servers;
  }

  static Fault none() {
    return new Fault("none", "nothing", Hit.NOTHING, (_, _) -> () -> {});
  }

  Fault evictions() {
    return new Fault(
        "evictions",
        "keys deleted at random, now and then all",
        Hit.REDIS,
        (load, seed) -> new Evictions(servers.redisUrl(), seed, load::someUser));
  }

  Fault redisKilled() {
    return new Fault(
        "Redis killed", "kill -9, then started again", Hit.REDIS, killed(Server.REDIS));
  }

  Fault redisPaused() {
    return new Fault("Redis hangs", "SIGSTOP, then SIGCONT", Hit.REDIS, frozen(Server.REDIS));
  }

  Fault redisFlushed() {
    return new Fault(
        "Redis emptied",
        "FLUSHALL again and again",
        Hit.REDIS,
        (_, seed) -> new Repeated(FLUSH_WAIT_MAX, seed, _ -> redis(redis -> redis.flushall())));
  }

  Fault redisFull() {
    return new Fault(
        "Redis full",
        "maxmemory " + FULL + ", noeviction",
        Hit.REDIS,
        (_, _) -> {
          memory("noeviction", FULL);
          return () -> memory("allkeys-lru", "256mb");
        });
  }

  private void memory(String policy, String most) {
    redis(
        redis -> {
          String _ = redis.configSet("maxmemory-policy", policy);
          String _ = redis.configSet("maxmemory", most);
        });
  }

  Fault replicaKilled() {
    return new Fault(
        "replica killed", "kill -9, then started again", Hit.REPLICA, killed(Server.STANDBY));
  }

  Fault replicaHangs() {
    return new Fault("replica hangs", "SIGSTOP, then SIGCONT", Hit.REPLICA, frozen(Server.STANDBY));
  }

  Fault replayPaused() {
    return new Fault(
        "replica late", "pg_wal_replay_pause()", Hit.REPLICA, paused(servers::replicaUrl));
  }

  Fault oneOfTwoLate() {
    return new Fault(
        "one of two replicas late",
        "pg_wal_replay_pause() on one",
        Hit.REPLICA,
        paused(() -> servers.secondStandby().url()));
  }

  Fault oneOfTwoHangs() {
    return new Fault(
        "one of two replicas hangs",
        "SIGSTOP of one, then SIGCONT",
        Hit.REPLICA,
        (_, _) -> {
          SecondStandby second = servers.secondStandby();
          second.freeze();
          return second::thaw;
        });
  }

  Fault primaryKilled() {
    return new Fault(
        "primary killed", "kill -9, then started again", Hit.PRIMARY, killed(Server.PRIMARY));
  }

  Fault sessionsEnded() {
    return new Fault(
        "sessions ended",
        "pg_terminate_backend of about half, again and again",
        Hit.PRIMARY,
        (_, seed) -> new Repeated(CUT_WAIT_MAX, seed, _ -> endSessions()));
  }

  /**
   * @param proxy by which the nodes reach the primary
   */
  static Fault connectionsCut(Proxy proxy) {
    return new Fault(
        "commits cut off",
        "all connections to the primary reset at random moments",
        Hit.PRIMARY,
        (_, seed) -> new Repeated(CUT_WAIT_MAX, seed, _ -> cut(proxy)));
  }

  private static void cut(Proxy proxy) {
    proxy.cut();
    proxy.restore();
  }

  private void endSessions() throws SQLException {
    String _ =
        Connect.query(
            servers.databaseUrl(),
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5
            """);
  }

  private Injection killed(Server server) {
    return (_, _) -> {
      servers.killForGood(server);
      return () -> servers.letBack(server);
    };
  }

  private Injection frozen(Server server) {
    return (_, _) -> {
      servers.freeze(server);
      return () -> servers.thaw(server);
    };
  }

  private static Injection paused(java.util.function.Supplier<String> url) {
    return (_, _) -> {
      String replica = url.get();
      String _ = Connect.query(replica, "SELECT pg_wal_replay_pause()");
      return () -> {
        String _ = Connect.query(replica, "SELECT pg_wal_replay_resume()");
      };
    };
  }

  private void redis(Consumer<RedisCommands<String, String>> action) {
    try (RedisClient client = RedisClient.create(servers.redisUrl());
        var connection = client.connect()) {
      action.accept(connection.sync());
    }
  }
}
