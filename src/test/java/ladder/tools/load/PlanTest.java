package ladder.tools.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ladder.tools.load.Plan.Address;
import ladder.tools.load.Plan.Message;
import ladder.tools.load.Plan.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
  private static final Message GET = new Message("GET", List.of("A: b"), null, new Range(5, 7));

  @Test
  void readsAUrlWithPlaceholders() {
    assertEquals(
        new Address("h", 8080, "/users/{n}?q={seq}"),
        Address.parse("http://h:8080/users/{n}?q={seq}#x"));
    assertEquals(new Address("h", 80, "/"), Address.parse("http://h"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "h", "h:80/x", "https://h/", "http:///x", "http://h/a b", "http://h/{x}"})
  void refusesWhatIsNoUrlOfItsOwn(String url) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Address.parse(url)).getMessage();
    assertTrue(message.startsWith("URL must look like http://host:port/path"), message);
  }

  @Test
  void refusesWhatIsOutOfBounds() {
    assertThrows(IllegalArgumentException.class, () -> Range.parse("7"));
    assertThrows(IllegalArgumentException.class, () -> Range.parse("7..5"));
    assertThrows(IllegalArgumentException.class, () -> new Plan.Load.Rate(0));
    assertThrows(IllegalArgumentException.class, () -> new Plan.Load.Clients(20_001));
    assertThrows(IllegalArgumentException.class, () -> Plan.time("--duration", "1h"));
    assertThrows(IllegalArgumentException.class, () -> plan(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> plan(Duration.ofHours(2)));
    for (String header : List.of("none", "A: b\r\nC: d", ": x", "a b: c")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Message("GET", List.of(header), null, new Range(1, 1)));
    }
  }

  private static Plan plan(Duration duration) {
    return new Plan(
        List.of(Address.parse("http://h:1/users/{n}")),
        GET,
        new Plan.Load.Clients(1),
        Duration.ZERO,
        duration);
  }

  @Test
  void twoRunsAskForTheSame() {
    Requests one = new Requests(plan(Duration.ofSeconds(1)), Instant.EPOCH);
    Requests two = new Requests(plan(Duration.ofSeconds(1)), Instant.EPOCH);
    for (int i = 0; i < 100; i++) {
      String request = new String(one.next(0), UTF_8);
      assertEquals(request, new String(two.next(0), UTF_8));
      assertTrue(
          request.matches("GET /users/[567] HTTP/1.1\r\nHost: h:1\r\nA: b\r\n\r\n"), request);
    }
  }

  @Test
  void aBodyHasItsLengthInBytes() {
    Plan post =
        new Plan(
            List.of(Address.parse("http://h:1/")),
            new Message("POST", List.of(), "{\"n\":{n},\"é\":{seq}}", new Range(5, 5)),
            new Plan.Load.Rate(1),
            Duration.ZERO,
            Duration.ofSeconds(1));
    Requests requests = new Requests(post, Instant.ofEpochMilli(7));
    assertEquals(
        "POST / HTTP/1.1\r\nHost: h:1\r\nContent-Length: 17\r\n\r\n{\"n\":5,\"é\":7000}",
        new String(requests.next(0), UTF_8));
    assertTrue(new String(requests.next(0), UTF_8).endsWith("\"é\":7001}"));
  }
}
