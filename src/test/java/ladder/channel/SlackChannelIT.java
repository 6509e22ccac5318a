package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import ladder.harness.FakeSlack;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlackChannelIT {
  private FakeSlack slack;

  @BeforeEach
  void start() throws IOException {
    slack = new FakeSlack();
  }

  @AfterEach
  void stop() throws IOException {
    slack.close();
  }

  private Delivery deliver(Duration timeout) throws InterruptedException {
    try (SlackChannel channel = new SlackChannel(URI.create(slack.url()), timeout)) {
      return channel.deliver(Events.signUp("zoe@example.org", "Zoë <!here>"));
    }
  }

  private Delivery deliver() throws InterruptedException {
    return deliver(Duration.ofSeconds(20));
  }

  @Test
  void postsEscapedTextAndPassesTheTraceOn() throws Exception {
    assertInstanceOf(Delivered.class, deliver());
    String body = slack.taken().getFirst();
    assertTrue(
        body.contains("Zoë &lt;!here&gt; &lt;zoe@example.org&gt; signed up as user 42"), body);
    String head = slack.lastHead();
    assertTrue(
        head.contains("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        head);
    assertTrue(head.contains("X-Request-Id: request-1"), head);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void refusesWhatSlackSaysOfTheMessage(int answer) throws Exception {
    slack.answerAll(answer);
    assertInstanceOf(Refused.class, deliver());
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 404, 410, 429, 500, 503})
  void waitsForWhatSlackOrTheOperatorCanMend(int answer) throws Exception {
    slack.answerAll(answer);
    assertInstanceOf(Unavailable.class, deliver());
  }

  @Test
  void waitsAsLongAsSlackAsks() throws Exception {
    slack.answerAll(429);
    slack.retryAfter("30");
    assertEquals(Duration.ofSeconds(30), ((Unavailable) deliver()).retryAfter());
    slack.retryAfter("Wed, 21 Oct 2026 07:28:00 GMT");
    assertEquals(Duration.ZERO, ((Unavailable) deliver()).retryAfter());
  }

  @Test
  void waitsForASlackThatHangs() throws Exception {
    slack.hang();
    assertInstanceOf(Unavailable.class, deliver(Duration.ofMillis(100)));
  }

  @Test
  void waitsForASlackThatIsAway() throws Exception {
    slack.close();
    assertInstanceOf(Unavailable.class, deliver());
  }
}
