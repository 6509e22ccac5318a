package ladder.tools;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import ladder.Config;
import ladder.embedded.Backends;
import ladder.failure.StartupException;
import ladder.failure.UnavailableException;
import ladder.limit.Quota;
import ladder.log.Logging;
import ladder.settings.Setting;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * The command line: which commands there are and what they take. Exit codes: 0, 1 when a command
 * failed, 2 when it was used wrongly. Expected failures are one sentence on standard error. Used by
 * one thread.
 */
public final class Commands {
  /** The exit code of a command that failed. */
  public static final int FAILED = 1;

  private static final int KEY_NAME_CHARS_MAX = 100;

  /** More than this is not read on a terminal, and is a query of some size. */
  private static final int LIST_MAX = 1_000;

  private static final int LIST_DEFAULT = 100;

  private final PrintStream out;
  private final PrintStream err;
  private final Runnable stopAtOnce;
  private final Clock clock = Clock.system();

  /**
   * @param stopAtOnce ends the process, whatever is still under way
   */
  public Commands(PrintStream out, PrintStream err, Runnable stopAtOnce) {
    this.out = out;
    this.err = err;
    this.stopAtOnce = stopAtOnce;
  }

  /** Runs the command that the arguments name and returns the exit code. */
  public int run(String... args) {
    try {
      // A server's start does without the library that parses arguments when there are none.
      return args.length == 0 ? serve() : tree().execute(args);
    } catch (Throwable e) { // an Error must end the process, too
      return report(e);
    }
  }

  private CommandLine tree() {
    CommandLine root =
        command("ladder", "A small HTTP API that climbs the scaling ladder.", this::serve);
    root.getCommandSpec().usageMessage().footer("", "Without a command it serves.");
    CommandLine serve = command("serve", "Serve the API; the default.", this::serve);
    serve.getCommandSpec().usageMessage().footer(settings());
    root.addSubcommand(serve);
    root.addSubcommand(
        command("migrate", "Bring the database's schema up to date.", this::migrate));
    root.addSubcommand(keys());
    root.addSubcommand(journal());
    Measuring measuring = new Measuring(out, err, stopAtOnce, clock);
    root.addSubcommand(measuring.climb());
    root.addSubcommand(measuring.capacity());
    root.addSubcommand(measuring.load());
    root.addSubcommand(measuring.doctor());
    root.addSubcommand(command("version", "Print the version.", this::version));
    root.setExecutionExceptionHandler((e, _, _) -> report(e));
    return root;
  }

  private CommandLine keys() {
    CommandLine keys = group("keys", "Create, list and revoke API keys.");
    PositionalParamSpec name = parameter("NAME", String.class, "who the key is for");
    OptionSpec perMinute =
        option(
            "--per-minute", "N", Integer.class, "requests a minute, instead of LADDER_RATE_LIMIT");
    CommandLine create =
        command(
            "create",
            "Create a key and print it, this once.",
            () -> {
              String checkedName = name(name);
              Integer checkedPerMinute = checked(perMinute, Quota.REQUESTS_MAX);
              return operate(o -> o.createKey(checkedName, checkedPerMinute));
            });
    create.getCommandSpec().addPositional(name).addOption(perMinute);
    PositionalParamSpec id = parameter("ID", Long.class, "as keys list prints it");
    CommandLine revoke =
        command("revoke", "Revoke a key.", () -> operate(o -> o.revokeKey(id.getValue())));
    revoke.getCommandSpec().addPositional(id);
    keys.addSubcommand(create);
    keys.addSubcommand(listKeys());
    keys.addSubcommand(revoke);
    return keys;
  }

  private CommandLine listKeys() {
    OptionSpec limit = option("--limit", "N", Integer.class, "how many to list; 100 without it");
    OptionSpec after = option("--after", "ID", Long.class, "list those older than this key");
    CommandLine list =
        command(
            "list",
            "List the newest keys.",
            () -> {
              Integer checkedLimit = checked(limit, LIST_MAX);
              Long id = after.getValue();
              return operate(
                  o ->
                      o.listKeys(
                          checkedLimit == null ? LIST_DEFAULT : checkedLimit,
                          id == null ? Long.MAX_VALUE : id));
            });
    list.getCommandSpec().addOption(limit).addOption(after);
    return list;
  }

  private CommandLine journal() {
    CommandLine journal = group("journal", "Look at the journal and its dead letters.");
    PositionalParamSpec id = parameter("ID", Long.class, "as journal dead prints it");
    CommandLine replay =
        command(
            "replay",
            "Deliver a dead letter now.",
            () -> operate(o -> o.replay(id.getValue(), config().receivers())));
    replay.getCommandSpec().addPositional(id);
    journal.addSubcommand(
        command(
            "status",
            "Print how much each channel has still to do.",
            () -> Operator.journalStatus(config().dataDir(), out)));
    journal.addSubcommand(
        command("dead", "List the dead letters.", () -> operate(Operator::deadLetters)));
    journal.addSubcommand(replay);
    return journal;
  }

  private int serve() throws Exception {
    return new Serve(clock, stopAtOnce).run(out, err);
  }

  private int migrate() throws Exception {
    try (var database = Backends.Database.open(config(), clock)) {
      return Operator.migrate(database.url(), out);
    }
  }

  private int version() {
    out.println(versionText());
    return 0;
  }

  private static String versionText() {
    String version = Commands.class.getPackage().getImplementationVersion();
    return "ladder " + (version == null ? "unpackaged" : version);
  }

  @FunctionalInterface
  private interface Operation {
    int run(Operator operator) throws Exception;
  }

  private int operate(Operation operation) throws Exception {
    try (var database = Backends.Database.open(config(), clock);
        Operator operator = new Operator(database.url(), out, err, clock)) {
      int exit = operation.run(operator);
      // A key is printed once: whoever asked for it must learn that it went nowhere.
      if (out.checkError()) {
        print("standard output could not be written: run the command again");
        return FAILED;
      }
      return exit;
    }
  }

  private Config config() {
    return config(err, err, Level.WARN);
  }

  /** The settings, with the log set up as they say; what reading them logs goes to {@code err}. */
  static Config config(PrintStream err, PrintStream target, Level level) {
    // Libraries that read a URL also log, and by default all of it on standard output.
    Logging.configure(false, err, Level.WARN);
    Config config = Config.fromEnvironment();
    Logging.configure(config.logJson(), target, level);
    return config;
  }

  private static String name(PositionalParamSpec name) {
    String value = name.getValue();
    if (value.isBlank()
        || value.length() > KEY_NAME_CHARS_MAX
        || value.chars().anyMatch(c -> c < ' ')) {
      throw new ParameterException(
          name.command().commandLine(),
          "NAME must be 1 to %d printable characters".formatted(KEY_NAME_CHARS_MAX));
    }
    return value;
  }

  private static @Nullable Integer checked(OptionSpec option, int max) {
    Integer value = option.getValue();
    if (value != null && (value < 1 || value > max)) {
      throw new ParameterException(
          option.command().commandLine(), option.longestName() + " must be from 1 to " + max);
    }
    return value;
  }

  static OptionSpec option(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(type).description(description).build();
  }

  static CommandLine command(String name, String description, Callable<Integer> action) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
    spec.usageMessage().description(description);
    spec.mixinStandardHelpOptions(true).version(versionText());
    return new CommandLine(spec);
  }

  private static CommandLine group(String name, String description) {
    CommandSpec[] self = new CommandSpec[1];
    CommandLine group =
        command(
            name,
            description,
            () -> {
              throw new ParameterException(
                  self[0].commandLine(), name + " needs a command of its own");
            });
    self[0] = group.getCommandSpec();
    return group;
  }

  static PositionalParamSpec parameter(String label, Class<?> type, String description) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .type(type)
        .arity("1")
        .required(true)
        .description(description)
        .build();
  }

  private static String[] settings() {
    List<String> lines = new ArrayList<>(List.of("", "Settings, from the environment:"));
    for (Setting setting : Config.TABLE) {
      String fallback = setting.fallback() == null ? "not set" : setting.fallback();
      lines.add("  %s (%s)".formatted(setting.name(), fallback));
      lines.add("      " + setting.meaning());
    }
    return lines.toArray(String[]::new);
  }

  private int report(Throwable e) {
    switch (e) {
      case StartupException expected -> {
        String.valueOf(expected.getMessage()).lines().forEach(this::print);
        expected.detail().lines().forEach(line -> err.println("    " + line));
      }
      case UnavailableException expected -> print(String.valueOf(expected.getMessage()));
      case IOException expected -> print(String.valueOf(expected.getMessage()));
      default -> e.printStackTrace(err);
    }
    return FAILED;
  }

  private void print(String sentence) {
    err.println("ladder: " + sentence);
  }
}
