package ladder.harness;

import io.lettuce.core.RedisClient;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database and an empty Redis of a test's own on the shared servers: a Ladder in a process
 * of its own numbers users from 1 and would meet the keys of another.
 */
public final class OwnDatabase implements AutoCloseable {
  /** Redis has 16, and the tests that talk to it directly use the first. */
  private static final int REDIS_NUMBERS = 15;

  private static final AtomicInteger SEQUENCE = new AtomicInteger();

  private final String name;
  private final String databaseUrl;
  private final String replicaUrl;
  private final String redisUrl;
  private final PgBouncer bouncer;

  public OwnDatabase() throws SQLException {
    TestServers.Backend servers = TestServers.shared();
    int number = SEQUENCE.incrementAndGet();
    this.name = "own_" + number;
    this.databaseUrl = named(servers.databaseUrl());
    this.replicaUrl = named(servers.replicaUrl());
    this.redisUrl = servers.redisUrl() + "/" + (1 + number % REDIS_NUMBERS);
    Connect.execute(servers.databaseUrl(), "CREATE DATABASE " + name);
    try (RedisClient client = RedisClient.create(redisUrl);
        var connection = client.connect()) {
      String _ = connection.sync().flushdb();
    }
    this.bouncer =
        TestServers.bouncing() ? PgBouncer.start(databaseUrl, replicaUrl, Map.of()) : null;
  }

  private String named(String url) {
    return url.substring(0, url.lastIndexOf('/') + 1) + name;
  }

  /** The primary itself, for the test's own questions. */
  public String url() {
    return databaseUrl;
  }

  public String replicaUrl() {
    return replicaUrl;
  }

  /** What makes a Ladder use it. */
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("LADDER_DATABASE_URL", databaseUrl);
    settings.put("LADDER_REPLICA_URL", replicaUrl);
    settings.put("LADDER_REDIS_URL", redisUrl);
    if (bouncer != null) {
      settings.putAll(bouncer.settings());
    }
    return settings;
  }

  /** The same, and more. */
  public Map<String, String> settings(String... namesAndValues) {
    Map<String, String> settings = settings();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return settings;
  }

  @Override
  public void close() throws SQLException {
    if (bouncer != null) {
      bouncer.close();
    }
    Connect.execute(
        TestServers.shared().databaseUrl(), "DROP DATABASE %s WITH (FORCE)".formatted(name));
  }
}
