package ladder.api;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersIT {
  static final String ORDER = "{\"item\":\"Pen\",\"quantity\":3,\"unitPriceCents\":250}";

  @AutoClose private static final TestApp app = TestApp.start();

  @Test
  void answersWithTheOrderAndWhereItIs() {
    String user = app.newUser();
    Answer answer = order(user, "Pen \ud83d\udd8a", "3", "250");
    assertEquals(201, answer.status(), answer::text);
    JsonNode order = answer.json();
    assertEquals("/orders/" + order.get("id").longValue(), answer.header("Location"));
    assertEquals(user, "/users/" + order.get("userId").longValue());
    assertEquals("Pen \ud83d\udd8a", order.get("item").textValue());
    assertEquals(3, order.get("quantity").intValue());
    assertEquals(250, order.get("unitPriceCents").intValue());
    assertEquals(750, order.get("totalCents").longValue());
    assertTrue(Instant.parse(order.get("createdAt").textValue()).isAfter(Instant.EPOCH));
    assertEquals(order, app.api().get(answer.header("Location")).json());
    JsonNode page = app.api().get(user + "/orders").json();
    assertEquals(List.of(order), List.of(page.get("orders").get(0)));
    assertTrue(page.get("next").isNull());
  }

  @Test
  void totalsGoBeyondAnInt() {
    String user = app.newUser();
    Answer answer = order(user, "Island", "1000000", "1000000000");
    assertEquals(1_000_000_000_000_000L, answer.json().get("totalCents").longValue());
    JsonNode read = app.api().get(answer.header("Location")).json();
    assertEquals(1_000_000_000_000_000L, read.get("totalCents").longValue());
  }

  @Test
  void namesWhatIsWrongWithAnOrder() {
    String user = app.newUser();
    String all = "item quantity unitPriceCents";
    assertInvalid(app.api().post(user + "/orders", "{}"), all.split(" ", -1));
    assertInvalid(
        app.api().post(user + "/orders", "{\"item\":3,\"quantity\":\"3\",\"unitPriceCents\":true}"),
        all.split(" ", -1));
    for (String quantity :
        new String[] {"0", "-1", "1.5", "1e2", "1000001", "4294967297", "9".repeat(40), "null"}) {
      assertInvalid(order(user, "Pen", quantity, "1"), "quantity");
    }
    for (String price :
        new String[] {"-1", "0.5", "1000000001", "9223372036854775807", "9".repeat(40), "\"1\""}) {
      assertInvalid(order(user, "Pen", "1", price), "unitPriceCents");
    }
    for (String item : new String[] {"", " ", "a\\u0000", "a\\tb", "x".repeat(201), "\\ud83d"}) {
      assertInvalid(order(user, item, "1", "1"), "item");
    }
    assertEquals(201, order(user, "Free", "1", "0").status());
  }

  @Test
  void thereIsNoOrderOfNobody() {
    assertProblem(404, app.api().post("/users/999999999999/orders", ORDER));
    assertProblem(404, app.api().get("/users/999999999999/orders"));
    assertProblem(404, app.api().get("/orders/999999999999"));
    String nobody = app.newUser();
    assertEquals("{\"orders\":[],\"next\":null}", app.api().get(nobody + "/orders").text());
  }

  @Test
  void pagesAreCompleteAndWithoutDuplicatesWhileNewOrdersArrive() {
    String user = app.newUser();
    String id = user.substring("/users/".length());
    execute(
        "INSERT INTO orders (user_id, item, quantity, unit_price_cents)"
            + " SELECT %s, 'old ' || n, 1, n FROM generate_series(1, 53) n".formatted(id));
    app.api().post(user + "/orders", ORDER);
    List<Long> ids = new ArrayList<>();
    int old = 0;
    int pages = 0;
    String next = null;
    do {
      String after = next == null ? "" : "&after=" + next;
      Answer answer = app.api().get(user + "/orders?limit=10" + after);
      JsonNode page = answer.json();
      assertEquals(200, answer.status(), answer::text);
      for (JsonNode order : page.get("orders")) {
        ids.add(order.get("id").longValue());
        old += order.get("item").textValue().startsWith("old ") ? 1 : 0;
      }
      next = page.get("next").textValue();
      pages++;
      assertEquals(201, app.api().post(user + "/orders", ORDER).status());
    } while (next != null);
    assertEquals(6, pages);
    assertEquals(53, old);
    assertEquals(54, ids.size());
    assertEquals(ids.size(), new HashSet<>(ids).size());
    assertEquals(ids.stream().sorted(Comparator.reverseOrder()).toList(), ids);
    assertEquals(20, app.api().get(user + "/orders").json().get("orders").size());
    assertEquals(60, app.api().get(user + "/orders?limit=100").json().get("orders").size());
  }

  @Test
  void theLastFullPageHasNoNext() {
    String user = app.newUser();
    for (int i = 0; i < 3; i++) {
      app.api().post(user + "/orders", ORDER);
    }
    JsonNode all = app.api().get(user + "/orders?limit=3").json();
    assertEquals(3, all.get("orders").size());
    assertTrue(all.get("next").isNull());
    String next = app.api().get(user + "/orders?limit=2").json().get("next").textValue();
    JsonNode rest = app.api().get(user + "/orders?after=" + next).json();
    assertEquals(Set.of(all.get("orders").get(2)), Set.of(rest.get("orders").get(0)));
  }

  @Test
  void showsNobodyTheOrdersOfAnotherByTheirCursor() {
    String one = app.newUser();
    String two = app.newUser();
    app.api().post(two + "/orders", ORDER);
    app.api().post(one + "/orders", ORDER);
    app.api().post(one + "/orders", ORDER);
    String next = app.api().get(one + "/orders?limit=1").json().get("next").textValue();
    for (JsonNode order : app.api().get(two + "/orders?after=" + next).json().get("orders")) {
      assertEquals(two, "/users/" + order.get("userId").longValue());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=",
        "limit=ten",
        "limit=1.0",
        "limit=99999999999",
        "limit=%D9%A1",
        "limit=5&limit=6",
        "after=",
        "after=x",
        "after=1",
        "after=AAAAAAAAAAA",
        "after=AAAAAAAAAAE%3D",
        "after=AAAAAAAAAAF",
        "after=__________8",
        "after=%00",
        "after=%ff",
        "after=AAAAAAAAAAE%27%20OR%201=1"
      })
  void refusesParametersThatNoPageGave(String query) {
    assertProblem(400, app.api().get(app.newUser() + "/orders?" + query));
  }

  @Test
  void ignoresParametersThatItDoesNotKnow() {
    assertEquals(200, app.api().get(app.newUser() + "/orders?page=3&limit=100").status());
  }

  @Test
  void headIsWhereGetIs() {
    String user = app.newUser();
    String order = app.api().post(user + "/orders", ORDER).header("Location");
    assertEquals(200, app.api().head(order).status());
    Answer head = app.api().head(user + "/orders");
    assertEquals(200, head.status());
    assertEquals(0, head.body().length);
  }

  private static Answer order(String user, String item, String quantity, String unitPriceCents) {
    return app.api()
        .post(
            user + "/orders",
            "{\"item\":\"%s\",\"quantity\":%s,\"unitPriceCents\":%s}"
                .formatted(item, quantity, unitPriceCents));
  }
}
