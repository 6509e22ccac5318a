package ladder;

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
    Set<Rung> rungs = EnumSet.noneOf(Rung.class);
    switch (text) {
      case "all" -> rungs.addAll(EnumSet.allOf(Rung.class));
      case "none" -> {}
      default -> Arrays.stream(text.split(",", -1)).map(Rung::named).forEach(rungs::add);
    }
    return rungs;
  }

  private static Rung named(String text) {
    String name = text.strip();
    return Arrays.stream(values())
        .filter(rung -> rung.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "knows cache,pool,replica,background,limit, all and none, not '%s'"
                        .formatted(name)));
  }
}
