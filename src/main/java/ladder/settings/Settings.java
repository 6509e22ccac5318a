package ladder.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from a map of variables and collects what is wrong with them, so that all bad ones
 * are told at once. A reader of one throws an IllegalArgumentException whose message reads after
 * the variable's name. Not thread-safe.
 */
public final class Settings {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /** For curl: {@code embedded.env} sets it beside the settings for a second node. */
  private static final String API_KEY = "LADDER_API_KEY";

  private final Map<String, String> variables;
  private final List<Setting> table;
  private final List<String> problems = new ArrayList<>();

  public Settings(Map<String, String> variables, List<Setting> table) {
    this.variables = variables;
    this.table = table;
  }

  /** Null when it is not set and has no default, or when it is bad. */
  public <T> @Nullable T optional(String name, Function<String, T> read) {
    String fallback = fallback(name);
    String text = variables.get(name);
    if (text == null || text.isBlank()) {
      text = fallback;
    }
    if (text == null) {
      return null;
    }
    try {
      return read.apply(text.strip());
    } catch (IllegalArgumentException e) {
      problem(name + " " + e.getMessage());
      return null;
    }
  }

  /** The default when it is bad: reading goes on, to find all that is bad. */
  public <T> T required(String name, Function<String, T> read) {
    T value = optional(name, read);
    String fallback = fallback(name);
    if (value == null && fallback == null) {
      throw new IllegalStateException(name + " has no default");
    }
    return value == null ? read.apply(fallback) : value;
  }

  /** Checked now and kept as it is: a URL whose reader lives in the part that connects. */
  public @Nullable String checked(String name, Function<String, ?> check) {
    return optional(
        name,
        text -> {
          Object _ = check.apply(text);
          return text;
        });
  }

  public int integer(String name, int min, int max) {
    return required(
        name,
        text -> {
          int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
          if (value < min || value > max) {
            throw new IllegalArgumentException(
                "must be a whole number from %d to %d, not '%s'".formatted(min, max, text));
          }
          return value;
        });
  }

  public Duration duration(String name, Duration min, Duration max) {
    return required(
        name,
        text -> {
          Duration duration = duration(text);
          if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                "must be from %s to %s, not '%s'".formatted(shown(min), shown(max), text));
          }
          return duration;
        });
  }

  /** True for {@code yes}, false for {@code no}. */
  public boolean choice(String name, String yes, String no) {
    return required(
        name,
        text -> {
          if (!text.equals(yes) && !text.equals(no)) {
            throw new IllegalArgumentException(
                "must be '%s' or '%s', not '%s'".formatted(yes, no, text));
          }
          return text.equals(yes);
        });
  }

  /** Names of ours that mean nothing here, in alphabetical order. */
  public List<String> unknown() {
    Set<String> known =
        Stream.concat(table.stream().map(Setting::name), Stream.of(API_KEY))
            .collect(Collectors.toSet());
    return variables.keySet().stream()
        .filter(name -> name.startsWith("LADDER_") && !known.contains(name))
        .sorted()
        .toList();
  }

  /** Told once, however often the same setting is read. */
  public void problem(String sentence) {
    if (!problems.contains(sentence)) {
      problems.add(sentence);
    }
  }

  public List<String> problems() {
    return List.copyOf(problems);
  }

  private @Nullable String fallback(String name) {
    return table.stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " is not in the table"))
        .fallback();
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

  private static String shown(Duration d) {
    return d.toMillis() % 1_000 != 0 ? d.toMillis() + "ms" : d.toSeconds() + "s";
  }
}
