package ladder.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ladder.http.Listener;
import ladder.json.Json;
import ladder.json.MalformedJsonException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node's admin listener for its verdict and prints it for a person, or as it came. Whatever
 * else answers there, or does not, is one sentence that names the remedy. Used by one thread.
 */
final class Doctor {
  /** A node under load answers within a moment; what takes longer hangs. */
  private static final Duration WAIT_MAX = Duration.ofSeconds(10);

  /** Many times what a verdict needs. */
  private static final long ANSWER_BYTES_MAX = 1 << 20;

  private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::", "[::]");

  private final PrintStream out;
  private final Duration waitMax;

  Doctor(PrintStream out) {
    this(out, WAIT_MAX);
  }

  /**
   * @param waitMax for the whole answer
   */
  Doctor(PrintStream out, Duration waitMax) {
    this.out = out;
    this.waitMax = waitMax;
  }

  /**
   * A URL of the admin listener.
   *
   * @throws IllegalArgumentException with a sentence when it is none
   */
  static URI url(String text) {
    try {
      URI url = URI.create(text);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Its message does not say what is expected.
    }
    throw new IllegalArgumentException(
        "URL must look like http://127.0.0.1:8081, where the admin listener is");
  }

  /**
   * Where a listener with these options answers this machine.
   *
   * @throws IOException when nobody knows its port beforehand
   */
  static URI url(Listener.Options admin) throws IOException {
    if (admin.port() == 0) {
      throw new IOException("LADDER_ADMIN_PORT is 0: name the URL that the server logged");
    }
    String host = EVERYWHERE.contains(admin.host()) ? "127.0.0.1" : admin.host();
    return URI.create(
        "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, admin.port()));
  }

  /**
   * Prints the verdict.
   *
   * @param token null when the listener has none
   * @param json whether to print it as it came
   * @throws IOException with a sentence when there is none
   */
  int run(URI url, @Nullable String token, boolean json) throws IOException, InterruptedException {
    JsonNode verdict = verdict(url, token);
    if (json) {
      out.println(new String(Json.write(verdict), UTF_8));
    } else {
      new Diagnosis(verdict).print(out);
    }
    return 0;
  }

  private JsonNode verdict(URI url, @Nullable String token)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = ask(url, token);
    switch (answer.statusCode()) {
      case 200 -> {
        JsonNode verdict = json(answer);
        if (verdict != null && verdict.path("bound").isTextual()) {
          return verdict;
        }
      }
      case 401 ->
          throw new IOException(
              token == null
                  ? url + " needs a token: set LADDER_ADMIN_TOKEN"
                  : url + " does not take the token: set LADDER_ADMIN_TOKEN to the server's");
      case 403 ->
          throw new IOException(
              url + " answers only to an IP address or localhost: name it by its address");
      default -> {}
    }
    JsonNode problem = json(answer);
    if (problem != null && problem.path("type").asText().startsWith("urn:ladder:problem:")) {
      throw new IOException(
          url
              + " is Ladder's public listener: name the admin listener, on LADDER_ADMIN_PORT (8081"
              + " when it is not set)");
    }
    throw new IOException(
        url + " is no Ladder: name the URL that it logged with \"admin listening on\"");
  }

  private HttpResponse<byte[]> ask(URI url, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve("/verdict")).header("Accept", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    BodyHandler<byte[]> whole = BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX);
    HttpClient http = HttpClient.newBuilder().connectTimeout(waitMax).build();
    CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request.build(), whole);
    try {
      return answer.get(waitMax.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s does not answer within %d ms: see whether the node hangs, or another listens there"
              .formatted(url, waitMax.toMillis()),
          e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ConnectException
          ? new IOException(
              "nothing answers at " + url + ": start Ladder, or name its admin listener", e)
          : new IOException(
              "%s is no Ladder (%s): name its admin listener".formatted(url, e.getCause()), e);
    } finally {
      http.shutdownNow();
    }
  }

  private static @Nullable JsonNode json(HttpResponse<byte[]> answer) {
    try {
      return Json.read(answer.body());
    } catch (MalformedJsonException e) {
      return null;
    }
  }
}
