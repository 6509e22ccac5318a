package ladder.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One setting of the environment.
 *
 * @param fallback the text that counts when the variable is not set; null: it is optional
 * @param meaning what {@code serve --help} says of it
 */
public record Setting(String name, @Nullable String fallback, String meaning) {
  /** From lines of {@code NAME | default | meaning}; a dash stands for no default. */
  public static List<Setting> table(String text) {
    return text.lines().map(Setting::row).toList();
  }

  private static Setting row(String line) {
    String[] cells = line.split("\\|", 3);
    String fallback = cells[1].strip();
    return new Setting(
        "LADDER_" + cells[0].strip(), fallback.equals("-") ? null : fallback, cells[2].strip());
  }
}
