package ladder;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from a map of variables and collects what is wrong with them, so that all bad ones
 * are told at once. Not thread-safe.
 */
final class Settings {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final Map<String, String> variables;
  private final List<String> problems = new ArrayList<>();

  Settings(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Null when it is not set and has no default, or when it is bad. */
  <T> @Nullable T optional(Setting<T> setting) {
    String text = variables.get(setting.name());
    if (text == null || text.isBlank()) {
      text = setting.fallback();
    }
    if (text == null) {
      return null;
    }
    try {
      return setting.parse().apply(text.strip());
    } catch (IllegalArgumentException e) {
      problems.add(setting.name() + " " + e.getMessage());
      return null;
    }
  }

  /** The default when it is bad: reading goes on, to find all that is bad. */
  <T> T required(Setting<T> setting) {
    T value = optional(setting);
    if (value != null) {
      return value;
    }
    String fallback = setting.fallback();
    if (fallback == null) {
      throw new IllegalStateException(setting.name() + " has no default");
    }
    return setting.parse().apply(fallback);
  }

  void problem(String sentence) {
    problems.add(sentence);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  static Setting<String> text(String name, @Nullable String fallback, String meaning) {
    return new Setting<>(name, fallback, meaning, Function.identity());
  }

  static Setting<Integer> integer(String name, int fallback, int min, int max, String meaning) {
    return new Setting<>(
        name,
        Integer.toString(fallback),
        meaning,
        text -> {
          if (!text.matches("[0-9]{1,9}")
              || Integer.parseInt(text) < min
              || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException(
                "must be a whole number from %d to %d, not '%s'".formatted(min, max, text));
          }
          return Integer.parseInt(text);
        });
  }

  static Setting<Duration> duration(
      String name, String fallback, Duration min, Duration max, String meaning) {
    return new Setting<>(
        name,
        fallback,
        meaning,
        text -> {
          Duration duration = duration(text);
          if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                "must be from %s to %s, not '%s'".formatted(shown(min), shown(max), text));
          }
          return duration;
        });
  }

  /** Checked now, used as it is later: a URL whose reader lives in the part that connects. */
  static Setting<String> checked(
      String name, @Nullable String fallback, String meaning, Function<String, ?> check) {
    return new Setting<>(
        name,
        fallback,
        meaning,
        text -> {
          Object _ = check.apply(text);
          return text;
        });
  }

  private static Duration duration(String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "must be a time such as 250ms, 30s, 5m or 24h, not '" + text + "'");
    }
    long amount = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  static String shown(Duration d) {
    return d.toMillis() % 1_000 != 0 ? d.toMillis() + "ms" : d.toSeconds() + "s";
  }
}
