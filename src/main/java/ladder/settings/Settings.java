package ladder.settings;

import static java.util.Objects.requireNonNull;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from a map of variables and collects what is wrong with them, so that all bad ones
 * are reported at once. Each part of Ladder parses its own options with it: a parser throws an
 * IllegalArgumentException whose message reads after the variable's name. Not thread-safe.
 */
public final class Settings {
  private static final String PREFIX = "LADDER_";
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /** For curl: {@code embedded.env} sets it beside the settings for a second node. */
  private static final String API_KEY = PREFIX + "API_KEY";

  private final Map<String, String> variables;
  private final Map<String, Setting> table = new LinkedHashMap<>();
  private final Set<String> problems = new LinkedHashSet<>();

  public Settings(Map<String, String> variables, List<Setting> table) {
    this.variables = variables;
    table.forEach(setting -> this.table.put(setting.name(), setting));
  }

  /** Null when it is not set and has no default, or when it is bad. */
  public <T> @Nullable T optional(String name, Function<String, T> parser) {
    String text = variables.get(name);
    if (text == null || text.isBlank()) {
      text = fallback(name);
    }
    try {
      return text == null ? null : parser.apply(text.strip());
    } catch (IllegalArgumentException e) {
      problem(name + " " + e.getMessage());
      return null;
    }
  }

  /** The default when it is bad: reading goes on, to find all that is bad. */
  public <T> T required(String name, Function<String, T> parser) {
    T value = optional(name, parser);
    return value != null
        ? value
        : parser.apply(requireNonNull(fallback(name), name + " has no default"));
  }

  /** Checked now and kept as it is: a URL whose parser belongs to the part that connects. */
  public @Nullable String checked(String name, Function<String, ?> parser) {
    return optional(
        name,
        text -> {
          Object _ = parser.apply(text);
          return text;
        });
  }

  public int integer(String name, int min, int max) {
    return required(
        name,
        text -> {
          int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
          check(
              value >= min && value <= max,
              "must be a whole number from %d to %d, not '%s'".formatted(min, max, text));
          return value;
        });
  }

  public Duration duration(String name, Duration min, Duration max) {
    return required(
        name,
        text -> {
          Duration duration = duration(text);
          check(
              duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0,
              "must be from %s to %s, not '%s'".formatted(text(min), text(max), text));
          return duration;
        });
  }

  /** True for {@code yes}, false for {@code no}. */
  public boolean choice(String name, String yes, String no) {
    return required(
        name,
        text -> {
          check(
              text.equals(yes) || text.equals(no),
              "must be '%s' or '%s', not '%s'".formatted(yes, no, text));
          return text.equals(yes);
        });
  }

  /** An absolute path. */
  public Path path(String name) {
    return required(
        name,
        text -> {
          try {
            return Path.of(text).toAbsolutePath().normalize();
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path: " + e.getMessage(), e);
          }
        });
  }

  /** Names of ours that mean nothing here, in alphabetical order. */
  public List<String> unknown() {
    return variables.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !name.equals(API_KEY))
        .filter(name -> !table.containsKey(name))
        .sorted()
        .toList();
  }

  /** Records what is wrong; once, however often the same setting is read. */
  public void problem(String sentence) {
    problems.add(sentence);
  }

  public List<String> problems() {
    return List.copyOf(problems);
  }

  private @Nullable String fallback(String name) {
    return requireNonNull(table.get(name), name + " is not in the table").fallback();
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static Duration duration(String text) {
    Matcher m = DURATION.matcher(text);
    check(m.matches(), "must be a time such as 250ms, 30s, 5m or 24h, not '" + text + "'");
    long amount = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static String text(Duration d) {
    return d.toMillis() % 1_000 != 0 ? d.toMillis() + "ms" : d.toSeconds() + "s";
  }
}
