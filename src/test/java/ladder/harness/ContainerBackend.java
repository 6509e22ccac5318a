package ladder.harness;

import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Containers of the usual images: a primary, a replica that made itself from it with pg_basebackup
 * and streams from it, and a Redis that asks for a password.
 */
final class ContainerBackend implements TestServers.Backend {
  private static final DockerImageName POSTGRES = DockerImageName.parse("postgres:17");
  private static final String PASSWORD = "container-secret";
  private static final Duration START_WAIT_MAX = Duration.ofMinutes(2);
  private static final int POSTGRES_PORT = 5432;
  private static final int REDIS_PORT = 6379;

  /** Runs as postgres: the image's own entry point would make a primary. */
  private static final String REPLICA_SCRIPT =
      """
      set -e
      export PATH="$PATH:$(echo /usr/lib/postgresql/*/bin)" PGPASSWORD=%s
      pg_basebackup -h primary -U ladder -D /tmp/replica -R -X stream -c fast
      chmod 700 /tmp/replica
      exec postgres -D /tmp/replica -c listen_addresses='*' -c unix_socket_directories=/tmp
      """
          .formatted(PASSWORD);

  /** The image lets everyone with a password in, but nobody from elsewhere replicate. */
  private static final String ALLOW_REPLICATION =
      """
      #!/bin/sh
      echo "host replication all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
      """;

  private final Network network = Network.newNetwork();
  private final PostgreSQLContainer primary;
  private final GenericContainer<?> replica;
  private final GenericContainer<?> redis;

  @SuppressWarnings("resource") // closed by close(), which the shutdown hook calls
  ContainerBackend() {
    primary =
        new PostgreSQLContainer(POSTGRES)
            .withUsername("ladder")
            .withPassword(PASSWORD)
            .withDatabaseName("ladder")
            .withNetwork(network)
            .withNetworkAliases("primary")
            .withCopyToContainer(
                Transferable.of(ALLOW_REPLICATION, 0755),
                "/docker-entrypoint-initdb.d/allow-replication.sh");
    replica =
        new GenericContainer<>(POSTGRES)
            .withCreateContainerCmdModifier(
                command -> command.withUser("postgres").withEntrypoint("sh", "-c", REPLICA_SCRIPT))
            .withNetwork(network)
            .withExposedPorts(POSTGRES_PORT)
            .waitingFor(
                Wait.forLogMessage(".*started streaming WAL.*", 1)
                    .withStartupTimeout(START_WAIT_MAX));
    redis =
        new GenericContainer<>(DockerImageName.parse("redis:8"))
            .withCommand(
                "redis-server", "--bind", "0.0.0.0", "--save", "", "--requirepass", PASSWORD)
            .withExposedPorts(REDIS_PORT);
    primary.start();
    replica.start();
    redis.start();
  }

  @Override
  public String databaseUrl() {
    return postgresUrl(primary);
  }

  @Override
  public String replicaUrl() {
    return postgresUrl(replica);
  }

  @Override
  public String redisUrl() {
    return "redis://:%s@%s:%d"
        .formatted(PASSWORD, redis.getHost(), redis.getMappedPort(REDIS_PORT));
  }

  private static String postgresUrl(GenericContainer<?> container) {
    return "postgres://ladder:%s@%s:%d/ladder"
        .formatted(PASSWORD, container.getHost(), container.getMappedPort(POSTGRES_PORT));
  }

  @Override
  public void close() {
    redis.stop();
    replica.stop();
    primary.stop();
    network.close();
  }
}
