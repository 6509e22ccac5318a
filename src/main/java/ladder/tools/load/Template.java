package ladder.tools.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with placeholders: {@code {n}} is a random number of the run's range, so that a load is not
 * one key only, and {@code {seq}} a number that no other request has, such as a new email address
 * needs. Immutable.
 */
record Template(List<Part> parts) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(n|seq)}");

  /** Either a literal or, when that is empty, a placeholder. */
  record Part(String literal, boolean random) {}

  static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher m = PLACEHOLDER.matcher(text);
    int end = 0;
    while (m.find()) {
      if (m.start() > end) {
        parts.add(new Part(text.substring(end, m.start()), false));
      }
      parts.add(new Part("", m.group(1).equals("n")));
      end = m.end();
    }
    if (end < text.length()) {
      parts.add(new Part(text.substring(end), false));
    }
    return new Template(List.copyOf(parts));
  }

  /** The text with a number for each placeholder, to be checked for its form. */
  static String sample(String text) {
    return PLACEHOLDER.matcher(text).replaceAll("1");
  }

  /** Appends the text with the next numbers in it. */
  void render(StringBuilder to, LongSupplier random, LongSupplier sequence) {
    for (Part part : parts) {
      if (!part.literal.isEmpty()) {
        to.append(part.literal);
      } else {
        to.append((part.random ? random : sequence).getAsLong());
      }
    }
  }
}
