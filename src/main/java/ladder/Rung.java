package ladder;

import static java.util.stream.Collectors.toSet;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The rungs that {@code LADDER_RUNGS} can turn off, to see what each is worth. */
public enum Rung {
  CACHE,
  POOL,
  REPLICA,
  BACKGROUND,
  LIMIT;

  /** From {@code all}, {@code none} or {@code cache,pool,…}. */
  static Set<Rung> set(String text) {
    return switch (text) {
      case "all" -> EnumSet.allOf(Rung.class);
      case "none" -> EnumSet.noneOf(Rung.class);
      default -> Arrays.stream(text.split(",", -1)).map(Rung::named).collect(toSet());
    };
  }

  private static Rung named(String text) {
    for (Rung rung : values()) {
      if (rung.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
        return rung;
      }
    }
    throw new IllegalArgumentException(
        "knows cache,pool,replica,background,limit, all and none, not '%s'"
            .formatted(text.strip()));
  }
}
