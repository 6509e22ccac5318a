package ladder.tools;

import ch.qos.logback.classic.Level;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import ladder.Config;
import ladder.log.Logging;
import ladder.time.Clock;
import ladder.tools.capacity.CapacityCommand;
import ladder.tools.climb.ClimbCommand;
import ladder.tools.load.LoadCommand;
import ladder.tools.load.Plan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** The measuring commands: what they take. Used by one thread. */
final class Measuring {
  private static final int CLIENTS_DEFAULT = 10;

  private final PrintStream out;
  private final PrintStream err;
  private final Runnable stopAtOnce;
  private final Clock clock;

  Measuring(PrintStream out, PrintStream err, Runnable stopAtOnce, Clock clock) {
    this.out = out;
    this.err = err;
    this.stopAtOnce = stopAtOnce;
    this.clock = clock;
  }

  CommandLine load() {
    PositionalParamSpec urls =
        PositionalParamSpec.builder()
            .paramLabel("URL")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1..*")
            .required(true)
            .description(
                "as http://host:port/path; several share the load. In path and body {n} is a"
                    + " random number, {seq} one that never comes again")
            .build();
    OptionSpec rate =
        Commands.option("--rate", "N", Integer.class, "requests a second, answered or not");
    OptionSpec clients =
        Commands.option("--clients", "N", Integer.class, "clients that each wait; 10 without it");
    OptionSpec duration = fallback("--duration", "TIME", "30s", "how long it measures");
    OptionSpec warmup = fallback("--warmup", "TIME", "5s", "how long before, uncounted");
    OptionSpec range = fallback("--range", "A..B", "1..1000", "what {n} is drawn from");
    OptionSpec method = fallback("--method", "WORD", "GET", "GET, POST or another");
    OptionSpec body = Commands.option("--body", "TEXT", String.class, "what each request sends");
    OptionSpec headers =
        OptionSpec.builder("--header")
            .paramLabel("LINE")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("as 'Name: value'; may come several times")
            .build();
    OptionSpec json = flag("--json", "print the result as JSON");
    CommandLine load =
        Commands.command(
            "load",
            "Send requests to a server and measure its answers.",
            () -> {
              Plan plan =
                  checked(
                      urls,
                      () ->
                          new Plan(
                              list(urls.getValue()).stream().map(Plan.Address::parse).toList(),
                              new Plan.Message(
                                  method.getValue(),
                                  list(headers.getValue()),
                                  body.getValue(),
                                  Plan.Range.parse(range.getValue())),
                              pace(rate.getValue(), clients.getValue()),
                              Plan.time("--warmup", warmup.getValue()),
                              Plan.time("--duration", duration.getValue())));
              Logging.configure(false, err, Level.WARN);
              return new LoadCommand(out, err, clock).run(plan, json.getValue());
            });
    load.getCommandSpec()
        .addPositional(urls)
        .addOption(rate)
        .addOption(clients)
        .addOption(duration)
        .addOption(warmup)
        .addOption(headers)
        .addOption(method)
        .addOption(body)
        .addOption(range)
        .addOption(json);
    return load;
  }

  CommandLine climb() {
    OptionSpec small = flag("--small", "a tenth of the data and short runs: a look, not a figure");
    OptionSpec json = flag("--json", "print the findings as JSON");
    OptionSpec dir =
        Commands.option(
            "--dir", "DIR", Path.class, "of its servers; data/climb, or data/climb-small");
    OptionSpec results =
        Commands.option("--results", "DIR", Path.class, "of climb.json and climb.html; here");
    OptionSpec commit =
        Commands.option("--commit", "TEXT", String.class, "what was built, for climb.json");
    OptionSpec users = Commands.option("--users", "N", Long.class, "200000, or 20000");
    OptionSpec orders = Commands.option("--orders", "N", Long.class, "5000000, or 500000");
    OptionSpec pairs = Commands.option("--pairs", "N", Integer.class, "runs of a side: 5, or 3");
    OptionSpec measured =
        Commands.option("--measured", "TIME", String.class, "of a run: 4s, or 1s");
    CommandLine climb =
        Commands.command(
            "climb",
            "Measure each rung off and on, on scratch servers of its own.",
            () -> {
              boolean isSmall = small.getValue();
              Path dirGiven = dir.getValue();
              Path resultsGiven = results.getValue();
              String time = measured.getValue();
              ClimbCommand.Wish wish =
                  checked(
                      small,
                      () ->
                          new ClimbCommand.Wish(
                              isSmall,
                              dirGiven != null
                                  ? dirGiven
                                  : Path.of("data", isSmall ? "climb-small" : "climb"),
                              resultsGiven == null ? Path.of("") : resultsGiven,
                              atLeast(users, 100),
                              pairs.getValue(),
                              atLeast(orders, 100),
                              commit.getValue(),
                              time == null ? null : Plan.time("--measured", time)));
              return interruptible(
                  () -> new ClimbCommand(out, err, clock).run(wish, json.getValue()));
            });
    climb
        .getCommandSpec()
        .addOption(small)
        .addOption(json)
        .addOption(dir)
        .addOption(results)
        .addOption(users)
        .addOption(orders)
        .addOption(pairs)
        .addOption(measured)
        .addOption(commit);
    return climb;
  }

  CommandLine capacity() {
    OptionSpec rate = number("--rate", "requests a second, orders included", "1000");
    OptionSpec users = number("--users", "users read often enough to be cached", "200000");
    OptionSpec orders = number("--orders-per-second", "new orders a second", "10");
    OptionSpec hits = number("--hit-percent", "of the reads, those the cache answers", "90");
    OptionSpec from = fallback("--from", "FILE", "climb.json", "what a climb wrote");
    OptionSpec json = flag("--json", "print the forecast as JSON");
    CommandLine capacity =
        Commands.command(
            "capacity",
            "Say how many nodes, connections and bytes a load needs.",
            () -> {
              List<Integer> numbers =
                  checked(
                      rate,
                      () ->
                          List.of(
                              within(rate, 1, Integer.MAX_VALUE),
                              within(users, 1, Integer.MAX_VALUE),
                              within(orders, 0, Integer.MAX_VALUE),
                              within(hits, 0, 100)));
              String file = from.getValue();
              return new CapacityCommand(out)
                  .run(
                      Path.of(file),
                      numbers.get(0),
                      numbers.get(1),
                      numbers.get(2),
                      numbers.get(3) / 100.0,
                      json.getValue());
            });
    capacity
        .getCommandSpec()
        .addOption(rate)
        .addOption(users)
        .addOption(orders)
        .addOption(hits)
        .addOption(from)
        .addOption(json);
    return capacity;
  }

  CommandLine doctor() {
    PositionalParamSpec url =
        PositionalParamSpec.builder()
            .paramLabel("URL")
            .type(String.class)
            .arity("0..1")
            .description("of an admin listener; without it the one of the settings")
            .build();
    OptionSpec json = flag("--json", "print the verdict as JSON");
    CommandLine doctor =
        Commands.command(
            "doctor",
            "Ask a node what it is bound by, and what to do about it.",
            () -> {
              String given = url.getValue();
              URI checked = given == null ? null : checked(url, () -> Doctor.url(given));
              Config config = Commands.config(err, err, Level.WARN);
              URI asked = checked == null ? Doctor.url(config.admin()) : checked;
              return new Doctor(out).run(asked, config.adminToken(), json.getValue());
            });
    doctor.getCommandSpec().addPositional(url).addOption(json);
    return doctor;
  }

  private static OptionSpec number(String name, String description, String value) {
    return OptionSpec.builder(name)
        .paramLabel("N")
        .type(Integer.class)
        .defaultValue(value)
        .description(description + "; " + value + " without it")
        .build();
  }

  private static Integer within(OptionSpec option, int min, int max) {
    Integer value = option.getValue();
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be from %d to %d".formatted(option.longestName(), min, max));
    }
    return value;
  }

  private static @Nullable Long atLeast(OptionSpec option, long min) {
    Long value = option.getValue();
    if (value != null && value < min) {
      throw new IllegalArgumentException(option.longestName() + " must be at least " + min);
    }
    return value;
  }

  /** The first signal interrupts it, so that it ends what it started; the second ends at once. */
  private int interruptible(Callable<Integer> command) throws Exception {
    Logging.configure(false, err, Level.WARN);
    Thread running = Thread.currentThread();
    AtomicBoolean signalled = new AtomicBoolean();
    Runnable first =
        () -> {
          signalled.set(true);
          running.interrupt();
        };
    new Signals(first, stopAtOnce, clock).install();
    try {
      return command.call();
    } catch (Exception e) {
      if (!signalled.get() && !(e instanceof InterruptedException)) {
        throw e;
      }
      err.println("ladder: interrupted: what was started has ended; climb again to go on");
      return Commands.FAILED;
    }
  }

  private static Plan.Load pace(@Nullable Integer rate, @Nullable Integer clients) {
    if (rate != null && clients != null) {
      throw new IllegalArgumentException("give --rate or --clients, not both");
    }
    return rate != null
        ? new Plan.Load.Rate(rate)
        : new Plan.Load.Clients(clients == null ? CLIENTS_DEFAULT : clients);
  }

  private static List<String> list(@Nullable List<String> values) {
    return values == null ? List.of() : values;
  }

  /** What is out of its bounds is wrong usage, with a sentence and code 2. */
  private static <T> T checked(ArgSpec of, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(of.command().commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static OptionSpec fallback(String name, String label, String value, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(String.class)
        .defaultValue(value)
        .description(description + "; " + value + " without it")
        .build();
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .arity("0")
        .defaultValue("false")
        .description(description)
        .build();
  }
}
