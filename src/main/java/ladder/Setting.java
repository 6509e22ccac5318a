package ladder;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting of the environment.
 *
 * @param fallback the text that counts when the variable is not set; null: the setting is optional
 * @param meaning one line for {@code serve --help}
 * @param parse throws an IllegalArgumentException whose message reads after the variable's name
 */
record Setting<T>(
    String name, @Nullable String fallback, String meaning, Function<String, T> parse) {}
