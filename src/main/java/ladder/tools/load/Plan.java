package ladder.tools.load;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a run sends, where to, at what pace and for how long. Each part refuses what is out of its
 * bounds with an IllegalArgumentException, whose message is a sentence for the command's user.
 *
 * @param targets connections go to each in turn
 * @param warmup before {@code duration}, not counted
 */
public record Plan(
    List<Address> targets, Message message, Load load, Duration warmup, Duration duration) {
  /** As many as a run on one machine can tell apart. */
  private static final int TARGETS_MAX = 16;

  private static final Duration TIME_MAX = Duration.ofHours(1);
  private static final Pattern TIME = Pattern.compile("([0-9]{1,7})(ms|s|m)");

  public Plan {
    targets = List.copyOf(targets);
    check(targets.size() <= TARGETS_MAX, "give at most %d URLs".formatted(TARGETS_MAX));
    check(
        !duration.isZero() && duration.plus(warmup).compareTo(TIME_MAX) <= 0,
        "--duration must be above 0, and with --warmup at most %d minutes"
            .formatted(TIME_MAX.toMinutes()));
  }

  /** How much is asked for. */
  public sealed interface Load {
    /** An open loop: so many requests a second, answered or not. */
    record Rate(int perSecond) implements Load {
      /** More than one event loop sends. */
      public static final int MAX = 200_000;

      public Rate {
        check(perSecond >= 1 && perSecond <= MAX, "--rate must be from 1 to %d".formatted(MAX));
      }
    }

    /** A closed loop: so many clients, of which each waits for its answer. */
    record Clients(int count) implements Load {
      /** A connection each; above it the ports of one address run out. */
      public static final int MAX = 20_000;

      public Clients {
        check(count >= 1 && count <= MAX, "--clients must be from 1 to %d".formatted(MAX));
      }
    }
  }

  /**
   * What is sent, but for the path.
   *
   * @param headers lines as {@code Name: value}
   * @param body a template, as in {@link Template}
   * @param range what {@code {n}} is drawn from
   */
  public record Message(String method, List<String> headers, @Nullable String body, Range range) {
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern HEADER = Pattern.compile("[!#-'*+.^-z|~A-Z0-9-]+: *[ -~]*");

    public Message {
      headers = List.copyOf(headers);
      check(METHOD.matcher(method).matches(), "--method must be a word such as GET or POST");
      for (String header : headers) {
        check(
            HEADER.matcher(header).matches(),
            "--header must look like 'Name: value': %s".formatted(header));
      }
    }
  }

  /** Whole numbers, both ends included. */
  public record Range(long first, long last) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})\\.\\.([0-9]{1,18})");

    /** From {@code 1..200000}. */
    public static Range parse(String text) {
      Matcher m = FORM.matcher(text);
      check(m.matches(), "--range must look like 1..1000, not '%s'".formatted(text));
      Range range = new Range(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)));
      check(range.first <= range.last, "--range must begin with its smaller number");
      return range;
    }
  }

  /** One server, and the path with its query, which may hold placeholders. */
  public record Address(String host, int port, String path) {
    private static final int HTTP_PORT = 80;

    /** From {@code http://host:port/path}. */
    public static Address parse(String url) {
      URI uri;
      try {
        // The placeholders are no characters of a URL.
        uri = URI.create(Template.sample(url));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("URL must look like http://host:port/path: " + url, e);
      }
      check(
          "http".equals(uri.getScheme()) && uri.getHost() != null,
          "URL must look like http://host:port/path, without TLS: %s".formatted(url));
      int pathStart = url.indexOf('/', "http://".length());
      String path = pathStart < 0 ? "/" : url.substring(pathStart);
      int fragment = path.indexOf('#');
      return new Address(
          uri.getHost(),
          uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
          fragment < 0 ? path : path.substring(0, fragment));
    }

    @Override
    public String toString() {
      return "http://%s:%d%s".formatted(host, port, path);
    }
  }

  /** From {@code 500ms}, {@code 30s} or {@code 5m}. */
  public static Duration time(String option, String text) {
    Matcher m = TIME.matcher(text);
    check(m.matches(), "%s must look like 500ms, 30s or 5m, not '%s'".formatted(option, text));
    long number = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMinutes(number);
    };
  }

  /** What the run is about to do, in one line. */
  @Override
  public String toString() {
    String pace =
        switch (load) {
          case Load.Rate(int perSecond) -> "%,d requests a second".formatted(perSecond);
          case Load.Clients(int count) -> "%,d clients".formatted(count);
        };
    return String.format(
        Locale.ROOT,
        "%s %s, %s, for %s s after %s s of warming up; {n} from %d to %d",
        message.method,
        String.join(" ", targets.stream().map(Address::toString).toList()),
        pace,
        seconds(duration),
        seconds(warmup),
        message.range.first,
        message.range.last);
  }

  private static String seconds(Duration time) {
    return "%.1f".formatted(time.toMillis() / 1e3);
  }

  private static void check(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
