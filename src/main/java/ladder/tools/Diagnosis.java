package ladder.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;

/** A verdict as a person reads it. */
final class Diagnosis {
  /** Of a terminal, roughly. */
  private static final int COLUMNS = 80;

  private final JsonNode verdict;

  Diagnosis(JsonNode verdict) {
    this.verdict = verdict;
  }

  void print(PrintStream out) {
    String bound = text(verdict, "bound");
    String headline =
        switch (bound) {
          case "cpu" -> "CPU-bound";
          case "memory" -> "memory-bound";
          case "io" -> "I/O-bound, on: " + text(verdict, "on");
          case "idle" -> "bound by nothing";
          default -> bound;
        };
    out.printf(
        Locale.ROOT,
        "This node is %s (%.0f %% sure, since %s).%n",
        headline,
        verdict.path("confidence").doubleValue() * 100,
        text(verdict, "since"));
    String rung = text(verdict, "rung");
    out.printf("Next rung: %s.%n%n", rung.equals("none") ? "none" : rung);
    wrap(out, text(verdict, "advice"));
    out.printf("%nEvidence, strongest first:%n");
    for (JsonNode evidence : verdict.path("evidence")) {
      out.printf(
          Locale.ROOT,
          "  %-24s %10s %-10s %s%n",
          text(evidence, "name"),
          number(evidence.path("value").doubleValue()),
          text(evidence, "unit"),
          text(evidence, "meaning"));
    }
    if (!verdict.path("indexes").isEmpty()) {
      out.printf("%nMissing indexes:%n");
    }
    for (JsonNode index : verdict.path("indexes")) {
      out.printf(
          Locale.ROOT,
          "  %s;%n      %s was read from end to end %d times%n",
          text(index, "statement"),
          text(index, "table"),
          index.path("scans").longValue());
    }
  }

  private static void wrap(PrintStream out, String sentence) {
    StringBuilder line = new StringBuilder();
    for (String word : sentence.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > COLUMNS) {
        out.println(line);
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    out.println(line);
  }

  private static String number(double value) {
    return value == Math.rint(value) || Math.abs(value) >= 100
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  /** Without what could move a terminal's cursor: who answers need not be a Ladder. */
  private static String text(JsonNode node, String member) {
    return node.path(member).asText().replaceAll("\\p{Cntrl}", " ");
  }
}
