package ladder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house that only the source files can answer. */
class SourceRulesTest {
  private static final Path MAIN = Path.of("src", "main", "java");
  private static final Path README = Path.of("README.md");
  private static final Path SITE = Path.of("src", "site", "markdown");
  private static final Path TEST = Path.of("src", "test", "java");

  /** About 200 is the habit; above this, a class has two subjects. */
  private static final int FILE_LINES_MAX = 320;

  private static final int COLUMNS_MAX = 100;

  /**
   * What serves is read in an evening. Counted is what must be followed: not the lessons and other
   * comments, which make it shorter, nor blank lines and imports.
   */
  private static final int SERVING_CODE_LINES_MAX = 8_255;

  /** Main, App, Config, Launcher, package-info, and little else: the rest has a room. */
  private static final int ROOT_FILES_MAX = 8;

  private static final Pattern NOT_CODE =
      Pattern.compile("\\s*(|(/\\*|\\*|//|import |package ).*)");

  private static final Pattern SLEEP =
      Pattern.compile(
          "\\b(Thread|TimeUnit\\s*\\.\\s*[A-Z]+|[A-Z]+SECONDS)\\s*(\\.|::)\\s*sleep\\b");
  private static final Pattern EMPTY_NAME =
      Pattern.compile("Abstract.*|.*(Impl|Manager|Utils?|Helpers?)(Test|IT)?\\.java");
  private static final Pattern JDK_SERVER =
      Pattern.compile("(?m)^import com\\.sun\\.net\\.httpserver");
  private static final Pattern LINK = Pattern.compile("\\]\\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern PROPERTY = Pattern.compile("getProperty\\(([^)]*)\\)");

  @Test
  void noFileIsTooLong() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(MAIN, TEST)) {
      int lines = Files.readAllLines(file).size();
      if (lines > FILE_LINES_MAX) {
        found.add(file + " has " + lines + " lines, " + FILE_LINES_MAX + " is the most");
      }
    }
    assertNone(found);
  }

  @Test
  void noLineIsTooLong() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(MAIN, TEST)) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.length() > COLUMNS_MAX && !line.startsWith("import ")) {
          found.add(file + ":" + (i + 1) + " has " + line.length() + " columns");
        }
      }
    }
    assertNone(found);
  }

  @Test
  void whatServesIsReadInAnEvening() throws IOException {
    long lines = 0;
    for (Path file : files(MAIN)) {
      String room = MAIN.resolve("ladder").relativize(file).getName(0).toString();
      if (!List.of("embedded", "admin", "tools").contains(room)) {
        lines +=
            Files.readAllLines(file).stream().filter(l -> !NOT_CODE.matcher(l).matches()).count();
      }
    }
    assertTrue(
        lines < SERVING_CODE_LINES_MAX,
        "all but embedded, admin and tools has %d lines of code, %d is the most"
            .formatted(lines, SERVING_CODE_LINES_MAX));
  }

  @Test
  void testsWaitForConditionsAndNeverSleep() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(TEST)) {
      if (SLEEP.matcher(Files.readString(file)).find()) {
        found.add(file + " sleeps: wait until a condition holds, with a deadline");
      }
    }
    assertNone(found);
  }

  @Test
  void noTestStartsTheJdksServerItself() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(TEST)) {
      if (JDK_SERVER.matcher(Files.readString(file)).find()) {
        found.add(file + " would fix the server's bounds for all tests before Ladder sets them");
      }
    }
    assertNone(found);
  }

  @Test
  void noTestHasAnEmptyName() throws IOException {
    assertNone(
        files(MAIN, TEST).stream()
            .filter(f -> EMPTY_NAME.matcher(f.getFileName().toString()).matches())
            .map(Path::toString)
            .toList());
  }

  @Test
  void theEntranceIsSmall() throws IOException {
    try (Stream<Path> root = Files.list(MAIN.resolve("ladder"))) {
      List<Path> found = root.filter(Files::isRegularFile).sorted().toList();
      assertTrue(found.size() <= ROOT_FILES_MAX, found::toString);
    }
  }

  @Test
  void everyRoomHasItsLesson() throws IOException {
    assertNone(
        files(MAIN).stream()
            .filter(f -> !f.endsWith("Launcher.java"))
            .map(Path::getParent)
            .distinct()
            .map(room -> room.resolve("package-info.java"))
            .filter(lesson -> !Files.exists(lesson))
            .map(lesson -> lesson + " is missing")
            .toList());
  }

  @Test
  void linksInDocumentsLeadSomewhere() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : documents()) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        if (!Files.exists(target) || !hasHeading(target, link.group(2))) {
          found.add(page + " links to " + link.group());
        }
      }
    }
    assertNone(found);
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> pages = Files.list(SITE)) {
      return Stream.concat(Stream.of(README), pages.sorted()).toList();
    }
  }

  /** An anchor is a heading in lower case, its blanks as dashes, without what is no word. */
  private static boolean hasHeading(Path page, String anchor) throws IOException {
    return anchor == null
        || Files.readAllLines(page).stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
            .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
            .anyMatch(anchor::equals);
  }

  @Test
  void theLauncherReadsNothingButTheVersionOfJava() throws IOException {
    String launcher = Files.readString(MAIN.resolve("ladder/Launcher.java"));
    assertEquals(
        List.of("\"java.specification.version\""),
        PROPERTY.matcher(launcher).results().map(read -> read.group(1)).toList());
    assertTrue(!launcher.contains("getenv"), "the launcher reads the environment");
  }

  private static void assertNone(List<String> found) {
    assertEquals("", String.join("\n", found));
  }

  private static List<Path> files(Path... roots) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path root : roots) {
      try (Stream<Path> walk = Files.walk(root)) {
        walk.filter(f -> f.toString().endsWith(".java")).sorted().forEach(found::add);
      }
    }
    return found;
  }
}
