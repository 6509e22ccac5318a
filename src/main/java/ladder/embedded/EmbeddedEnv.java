package ladder.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.failure.StartupException;
import org.jspecify.annotations.Nullable;

/**
 * {@code DATA/embedded.env}: how psql, curl, a second node or the command line find the running
 * servers. Shell lines, so that {@code . data/embedded.env} is all it takes; mode 0600, for it
 * holds passwords. What is null has no line.
 */
public record EmbeddedEnv(
    @Nullable String databaseUrl,
    @Nullable String replicaUrl,
    @Nullable String redisUrl,
    @Nullable String apiKey) {
  private static final String FILE = "embedded.env";

  /** In single quotes the shell takes everything as it is, but the quote itself: {@code '\''}. */
  private static final Pattern LINE = Pattern.compile("export (\\w+)='((?:[^']|'\\\\'')*+)'");

  /** Writes the file whole or not at all. */
  public void write(Path dataDir) {
    StringBuilder lines = new StringBuilder();
    append(lines, "LADDER_DATABASE_URL", databaseUrl);
    append(lines, "LADDER_REPLICA_URL", replicaUrl);
    append(lines, "LADDER_REDIS_URL", redisUrl);
    append(lines, "LADDER_API_KEY", apiKey);
    try {
      PrivateFile.write(dataDir.resolve(FILE), lines.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the last run wrote; empty when there is no such file.
   *
   * @throws StartupException when it can't be read: a run as root left it, say
   */
  public static Optional<EmbeddedEnv> read(Path dataDir) {
    Path file = dataDir.resolve(FILE);
    String lines;
    try {
      lines = Files.readString(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartupException(
          file + " can't be read: give it back to this user, or move it away.", e);
    }
    Map<String, String> values = new HashMap<>();
    Matcher line = LINE.matcher(lines);
    while (line.find()) {
      values.put(line.group(1), line.group(2).replace("'\\''", "'"));
    }
    return Optional.of(
        new EmbeddedEnv(
            values.get("LADDER_DATABASE_URL"),
            values.get("LADDER_REPLICA_URL"),
            values.get("LADDER_REDIS_URL"),
            values.get("LADDER_API_KEY")));
  }

  private static void append(StringBuilder lines, String name, @Nullable String value) {
    if (value != null) {
      lines.append("export %s='%s'\n".formatted(name, value.replace("'", "'\\''")));
    }
  }
}
