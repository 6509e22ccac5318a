package ladder.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One row: a server that can be built and started.
 *
 * @param folder its project
 * @param deployed a file or a folder, for the size
 * @param environment set for the command, beside what all get
 * @param command that starts it, in its folder
 * @param tests which of the tests it takes part in
 */
record Peer(
    String name,
    Path folder,
    Path deployed,
    Map<String, String> environment,
    List<String> command,
    Set<Trial> tests) {
  private static final long BUILD_MINUTES_MAX = 20;

  private static final String COMMENT = "^\\s*(|(/\\*|\\*|//|#|--|import |package ).*)$";

  private static final Set<String> SOURCES =
      Set.of("java", "js", "mjs", "properties", "yaml", "yml", "lua");

  /**
   * Reads the list: name, folder, what is deployed, command, and the tests if they are not all.
   *
   * @throws IllegalArgumentException when a line has not four or five parts
   */
  static List<Peer> read(Path list) throws IOException {
    List<Peer> peers = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.strip().split("\\s*\\|\\s*", -1);
      if (parts.length < 4 || parts.length > 5) {
        throw new IllegalArgumentException(
            "%s: a line is name | folder | deployed | command [| tests], not: %s"
                .formatted(list, line));
      }
      Path folder = list.toAbsolutePath().resolveSibling(parts[1]).normalize();
      Set<Trial> tests =
          parts.length < 5
              ? Set.of(Trial.values())
              : Stream.of(parts[4].split(",", -1)).map(Trial::named).collect(Collectors.toSet());
      peers.add(
          new Peer(
              parts[0],
              folder,
              folder.resolve(parts[2]).normalize(),
              assignments(parts[3]),
              words(parts[3]).filter(word -> !isAssignment(word)).toList(),
              tests));
    }
    return peers;
  }

  private static Stream<String> words(String command) {
    return Stream.of(command.split(" ", -1));
  }

  private static boolean isAssignment(String word) {
    return word.matches("[A-Z_]+=.*");
  }

  private static Map<String, String> assignments(String command) {
    return words(command)
        .filter(Peer::isAssignment)
        .collect(
            Collectors.toMap(w -> w.replaceFirst("=.*", ""), w -> w.replaceFirst("^.*?=", "")));
  }

  /**
   * Builds it from its sources.
   *
   * @throws IOException when the build fails, with the end of what it said
   */
  void build(Path logs) throws IOException, InterruptedException {
    if (Files.exists(folder.resolve("pom.xml"))) {
      run(logs, "mvn", "-B", "-q", "-DskipTests", "package");
    } else if (Files.exists(folder.resolve("package.json"))) {
      run(logs, "npm", "ci", "--omit=dev", "--no-audit", "--no-fund");
    }
  }

  private void run(Path logs, String... build) throws IOException, InterruptedException {
    Path log = logs.resolve(name + ".build.log");
    ProcessBuilder builder = new ProcessBuilder(build).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(BUILD_MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw new IOException("%s does not build: see %s".formatted(name, log));
    }
  }

  /** Bytes of what would be deployed. */
  long deployedBytes() throws IOException {
    try (Stream<Path> files = Files.walk(deployed)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  /** Lines of its own sources that are neither blank, comment nor import. */
  long linesOfCode() throws IOException {
    long lines = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(this::source).toList()) {
        try (Stream<String> text = Files.lines(file)) {
          lines += text.filter(line -> !line.matches(COMMENT)).count();
        }
      }
    }
    return lines;
  }

  private boolean source(Path file) {
    String path = folder.relativize(file).toString();
    String type = path.substring(path.lastIndexOf('.') + 1);
    return Files.isRegularFile(file)
        && SOURCES.contains(type)
        && !path.startsWith("target/")
        && !path.startsWith("node_modules/");
  }
}
