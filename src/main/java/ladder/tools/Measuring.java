package ladder.tools;

import ch.qos.logback.classic.Level;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import ladder.log.Logging;
import ladder.time.Clock;
import ladder.tools.load.LoadCommand;
import ladder.tools.load.Plan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** The measuring commands: what they take. Used by one thread. */
final class Measuring {
  private static final int CLIENTS_DEFAULT = 10;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  Measuring(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
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
                              list(urls.getValue()).stream().map(Plan.Target::parse).toList(),
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
  private static <T> T checked(PositionalParamSpec of, Supplier<T> value) {
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
