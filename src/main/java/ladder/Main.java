package ladder;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import ladder.channel.Channels;
import ladder.db.DatabaseUnavailableException;
import ladder.embedded.EmbeddedDatabase;
import ladder.embedded.EmbeddedException;
import ladder.embedded.Platform;
import ladder.tools.Operator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * The command line. Exit codes: 0, 1 when a command failed, 2 when it was used wrongly. Expected
 * failures are one sentence on standard error.
 */
public final class Main {
  private static final int FAILED = 1;

  private final PrintStream out = System.out;

  private Main() {}

  public static void main(String[] args) {
    System.exit(new Main().commandLine().execute(args));
  }

  private CommandLine commandLine() {
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
    root.addSubcommand(command("version", "Print the version.", this::version));
    root.setExecutionExceptionHandler((e, _, _) -> told(e));
    return root;
  }

  private CommandLine keys() {
    CommandLine keys = group("keys", "Create, list and revoke API keys.");
    PositionalParamSpec name = parameter("NAME", String.class, "who the key is for");
    OptionSpec perMinute =
        OptionSpec.builder("--per-minute")
            .paramLabel("N")
            .type(Integer.class)
            .description("requests a minute, instead of LADDER_RATE_LIMIT")
            .build();
    CommandLine create =
        command(
            "create",
            "Create a key and print it, this once.",
            () -> operate(o -> o.createKey(name(name), perMinute(perMinute))));
    create.getCommandSpec().addPositional(name).addOption(perMinute);
    PositionalParamSpec id = parameter("ID", Long.class, "as keys list prints it");
    CommandLine revoke =
        command("revoke", "Revoke a key.", () -> operate(o -> o.revokeKey(id.getValue())));
    revoke.getCommandSpec().addPositional(id);
    keys.addSubcommand(create);
    keys.addSubcommand(command("list", "List all keys.", () -> operate(Operator::listKeys)));
    keys.addSubcommand(revoke);
    return keys;
  }

  private CommandLine journal() {
    CommandLine journal = group("journal", "Look at the journal and its dead letters.");
    PositionalParamSpec id = parameter("ID", Long.class, "as journal dead prints it");
    CommandLine replay =
        command(
            "replay",
            "Deliver a dead letter now.",
            () -> operate(o -> o.replay(id.getValue(), receivers(config()))));
    replay.getCommandSpec().addPositional(id);
    journal.addSubcommand(
        command(
            "status",
            "Print how much each channel has still to do.",
            () -> Operator.journalStatus(config().dataDir(), out)));
    journal.addSubcommand(
        command(
            "dead",
            "List the dead letters.",
            () -> operate(o -> o.deadLetters(receivers(config())))));
    journal.addSubcommand(replay);
    return journal;
  }

  private int serve() throws Exception {
    Config config = Config.fromEnvironment();
    Logging.configure(config.logJson(), Logging.STANDARD_OUTPUT, Level.INFO);
    CountDownLatch stop = new CountDownLatch(1);
    // The first signal drains; the second stops at once, whatever is still under way.
    new Signals(stop::countDown, () -> Runtime.getRuntime().halt(FAILED), System::nanoTime)
        .handle();
    try (App app = new App(config)) {
      app.start();
      String key = app.devKey();
      if (key != null) {
        String line = firstRequest(config.http().host(), app.port(), key);
        if (config.logJson()) {
          LoggerFactory.getLogger(Main.class).info(line);
        } else {
          out.println(line);
        }
      }
      stop.await();
    }
    return 0;
  }

  private static String firstRequest(String host, int port, String key) {
    return """
        try: curl -i http://%s:%d/signup -H 'Authorization: Bearer %s' \
        -H 'Content-Type: application/json' -d '{"email":"ada@example.com","name":"Ada"}'\
        """
        .formatted(host, port, key);
  }

  private int migrate() {
    Config config = config();
    try (EmbeddedDatabase embedded = embedded(config)) {
      return Operator.migrate(databaseUrl(config, embedded), out);
    }
  }

  private int version() {
    String version = Main.class.getPackage().getImplementationVersion();
    out.println("ladder " + (version == null ? "unpackaged" : version));
    return 0;
  }

  @FunctionalInterface
  private interface Operation {
    int run(Operator operator) throws Exception;
  }

  private int operate(Operation operation) throws Exception {
    Config config = config();
    try (EmbeddedDatabase embedded = embedded(config);
        Operator operator = new Operator(databaseUrl(config, embedded), out, System::nanoTime)) {
      return operation.run(operator);
    }
  }

  private static Config config() {
    Config config = Config.fromEnvironment();
    Logging.configure(config.logJson(), Logging.STANDARD_ERROR, Level.WARN);
    return config;
  }

  private static @Nullable EmbeddedDatabase embedded(Config config) {
    Config.Machine m = config.machine();
    return config.databaseUrl() == null
        ? EmbeddedDatabase.open(
            config.dataDir(), new Platform(m.osName(), m.osArch(), m.userName()))
        : null;
  }

  private static String databaseUrl(Config config, @Nullable EmbeddedDatabase embedded) {
    String url = config.databaseUrl();
    if (url == null && embedded != null) {
      url = embedded.url();
    }
    if (url == null) {
      throw new IllegalStateException("a database was neither named nor started");
    }
    return url;
  }

  private static Channels.Receivers receivers(Config config) {
    return new Channels.Receivers(
        config.smtpUrl(),
        config.mailFrom(),
        config.slackWebhook(),
        config.dataDir().resolve("outbox"));
  }

  private static String name(PositionalParamSpec name) {
    String value = name.getValue();
    if (value.isBlank() || value.length() > 100 || value.chars().anyMatch(c -> c < ' ')) {
      throw new ParameterException(
          name.command().commandLine(), "NAME must be 1 to 100 printable characters");
    }
    return value;
  }

  private static @Nullable Integer perMinute(OptionSpec option) {
    Integer value = option.getValue();
    if (value != null && (value < 1 || value > ladder.limit.Quota.REQUESTS_MAX)) {
      throw new ParameterException(
          option.command().commandLine(),
          "--per-minute must be from 1 to " + ladder.limit.Quota.REQUESTS_MAX);
    }
    return value;
  }

  private static CommandLine command(String name, String description, Callable<Integer> action) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
    spec.usageMessage().description(description);
    spec.mixinStandardHelpOptions(true);
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

  private static PositionalParamSpec parameter(String label, Class<?> type, String description) {
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

  private static int told(Exception e) {
    switch (e) {
      case BadSettingsException bad -> bad.problems().forEach(Main::tell);
      case EmbeddedException embedded -> {
        tell(String.valueOf(embedded.getMessage()));
        embedded.detail().lines().forEach(line -> System.err.println("    " + line));
      }
      case DataDirectoryException expected -> tell(String.valueOf(expected.getMessage()));
      case DatabaseUnavailableException expected -> tell(String.valueOf(expected.getMessage()));
      case IOException expected -> tell(String.valueOf(expected.getMessage()));
      default -> e.printStackTrace();
    }
    return FAILED;
  }

  private static void tell(String sentence) {
    System.err.println("ladder: " + sentence);
  }
}
