package ladder.channel;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Event;
import ladder.journal.Kind;

/**
 * Posts to a Slack incoming webhook. Only 400, 413 and 422 speak of the message and refuse it for
 * good; 401, 403, 404 and 410 say that the webhook is wrong or revoked, which the operator can
 * mend, so those entries wait like those of a Slack that is down. A {@code Retry-After}, which
 * comes with 429, stops all messages for as long. Thread-safe.
 */
final class SlackChannel implements Channel {
  static final String NAME = "slack";

  private final URI webhook;
  private final Duration timeout;
  private final HttpClient client;

  /** {@code timeout} bounds the whole exchange, connecting included. */
  SlackChannel(URI webhook, Duration timeout) {
    this.webhook = webhook;
    this.timeout = timeout;
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean wants(Kind kind) {
    return SlackFormat.posts(kind);
  }

  @Override
  public Delivery deliver(Event event) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(webhook)
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(SlackFormat.json(event)));
    if (event.traceparent() != null) {
      request.header("traceparent", event.traceparent());
    }
    if (event.requestId() != null) {
      request.header("X-Request-Id", event.requestId());
    }
    // A request's own timeout would end with the headers; this one bounds the body too.
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
    try {
      return verdict(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Unavailable("Slack does not answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      return new Unavailable("Slack cannot be reached: " + e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static Delivery verdict(HttpResponse<Void> answer) {
    int status = answer.statusCode();
    return switch (status) {
      case 400, 413, 422 -> new Refused("Slack refuses the message with status " + status);
      case 401, 403, 404, 410 ->
          new Unavailable("Slack answers " + status + ": the webhook is wrong or revoked");
      default ->
          status / 100 == 2
              ? new Delivered()
              : new Unavailable("Slack answers with status " + status, retryAfter(answer));
    };
  }

  /** The seconds of RFC 9110, section 10.2.3; zero when there are none, or a date instead. */
  private static Duration retryAfter(HttpResponse<Void> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
