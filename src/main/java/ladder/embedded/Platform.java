package ladder.embedded;

import java.util.Locale;
import java.util.Map;
import ladder.failure.StartupException;

/**
 * The system underneath, as the JDK names it ({@code os.name}, {@code os.arch}, {@code user.name}),
 * and the names that the jar gives to that system's servers.
 */
public record Platform(String osName, String osArch, String userName) {
  /** From the JDK's properties of these names. */
  static Platform of(Map<String, String> properties) {
    return new Platform(
        String.valueOf(properties.get("os.name")),
        String.valueOf(properties.get("os.arch")),
        String.valueOf(properties.get("user.name")));
  }

  /** The way out of every trouble with the embedded servers. */
  static final String REMEDY =
      "set LADDER_DATABASE_URL, LADDER_REPLICA_URL and LADDER_REDIS_URL to servers of your own";

  /** Whether this process has uid 0, under which PostgreSQL refuses to run. */
  boolean root() {
    return userName.equals("root");
  }

  boolean mac() {
    return osName.toLowerCase(Locale.ROOT).startsWith("mac");
  }

  /** The resource with PostgreSQL's programs, as the zonky binaries name it. */
  String postgresArchive() {
    return "postgres-%s-%s.txz".formatted(system(), arm() ? "arm_64" : "x86_64");
  }

  /** The resource with Redis's server, as embedded-redis names it. */
  String redisProgram() {
    String version = mac() || !arm() ? "6.2.6-v5" : "6.2.7";
    return "redis-server-%s-%s-%s".formatted(version, system(), arm() ? "arm64" : "amd64");
  }

  private String system() {
    if (mac()) {
      return "darwin";
    }
    if (osName.toLowerCase(Locale.ROOT).startsWith("linux")) {
      return "linux";
    }
    throw new StartupException(
        "The embedded servers run on Linux and macOS, not on %s: %s.".formatted(osName, REMEDY),
        "");
  }

  private boolean arm() {
    return switch (osArch) {
      case "aarch64", "arm64" -> true;
      case "amd64", "x86_64" -> false;
      default ->
          throw new StartupException(
              "The embedded servers run on x86-64 and arm64, not on %s: %s."
                  .formatted(osArch, REMEDY),
              "");
    };
  }
}
