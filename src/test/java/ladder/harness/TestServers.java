package ladder.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One PostgreSQL primary with its replica and one Redis for all integration tests of a JVM, started
 * when the first test asks and stopped when the JVM ends. {@code LADDER_TEST_BACKEND} says where
 * they come from: {@code embedded} (the default) or {@code containers}. With {@code
 * LADDER_TEST_BOUNCER=1} the Ladders under test reach PostgreSQL through PgBouncer; the tests
 * themselves look at it directly.
 *
 * <p>Tests share the data: each uses rows and keys of its own.
 */
public final class TestServers {
  /** Where the servers answer, as Ladder's settings want it. */
  public interface Backend extends AutoCloseable {
    String databaseUrl();

    String replicaUrl();

    String redisUrl();

    @Override
    void close();
  }

  /** Loaded, and with it the servers started, by the first call of {@link #shared()}. */
  private static final class Holder {
    static final Backend SHARED = start();
  }

  /** Only when it is asked for. */
  private static final class Bouncer {
    static final PgBouncer SHARED = bounced(shared().databaseUrl(), shared().replicaUrl());
  }

  private TestServers() {}

  public static Backend shared() {
    return Holder.SHARED;
  }

  /** Whether a Ladder under test is to go through PgBouncer. */
  static boolean bouncing() {
    return !System.getenv().getOrDefault("LADDER_TEST_BOUNCER", "").isEmpty();
  }

  /** A PgBouncer in front of these, until the JVM ends. */
  static PgBouncer bounced(String databaseUrl, String replicaUrl) {
    PgBouncer bouncer = PgBouncer.start(databaseUrl, replicaUrl, Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(bouncer::close, "stop-pgbouncer"));
    return bouncer;
  }

  /** The settings by which a Ladder under test finds the servers. */
  public static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("LADDER_DATABASE_URL", shared().databaseUrl());
    settings.put("LADDER_REPLICA_URL", shared().replicaUrl());
    settings.put("LADDER_REDIS_URL", shared().redisUrl());
    if (bouncing()) {
      settings.putAll(Bouncer.SHARED.settings());
    }
    return settings;
  }

  private static Backend start() {
    String name = System.getenv().getOrDefault("LADDER_TEST_BACKEND", "embedded");
    Backend backend =
        switch (name) {
          case "embedded" -> new EmbeddedBackend(directory());
          case "containers" -> new ContainerBackend();
          default ->
              throw new IllegalArgumentException(
                  "LADDER_TEST_BACKEND is embedded or containers, not " + name);
        };
    Runtime.getRuntime().addShutdownHook(new Thread(backend::close, "stop-test-servers"));
    return backend;
  }

  private static Path directory() {
    return Path.of("target", "test-servers-" + ProcessHandle.current().pid()).toAbsolutePath();
  }

  static void deleteTree(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("test servers: can't delete " + directory + ": " + e);
    }
  }
}
