package ladder.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import ladder.http.ProblemException.FieldError;
import ladder.json.Json;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
  record Row(long id, Instant at) {}

  @Test
  void refusesMalformedJsonWith400() {
    for (String bad :
        List.of(
            "",
            " ",
            "{",
            "{\"a\":1,}",
            "{\"a\":1} {}",
            "{\"a\":1}x",
            "{'a':1}",
            "{a:1}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":{\"b\":1,\"b\":2}}",
            "{\"a\":\"\n\"}",
            "{\"a\":Infinity}",
            "{/**/}",
            "\0",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "[".repeat(33) + "]".repeat(33),
            "{\"a\":" + "9".repeat(65) + "}",
            "{\"" + "a".repeat(257) + "\":1}",
            "\ufeff\ufeff{}")) {
      assertEquals(ProblemType.BAD_REQUEST, refusal(bad.getBytes(UTF_8)).type(), bad);
    }
  }

  @Test
  void refusesInvalidUtf8With400() {
    for (String bytes :
        List.of(
            "\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00c3", "\u00f5\u0080\u0080\u0080")) {
      byte[] body = ("{\"a\":\"" + bytes + "\"}").getBytes(ISO_8859_1);
      assertEquals(ProblemType.BAD_REQUEST, refusal(body).type());
    }
    assertEquals(ProblemType.BAD_REQUEST, refusal("{}".getBytes(UTF_16)).type());
  }

  @Test
  void namesThePlaceButNotOurClasses() {
    String detail = refusal("{\"a\":x}".getBytes(UTF_8)).detail;
    assertTrue(detail.contains("line 1"), detail);
    assertFalse(detail.contains("jackson"), detail);
  }

  @Test
  void refusesWhatIsNoObjectWith422() {
    for (String other : List.of("[]", "1", "\"a\"", "null", "true")) {
      assertEquals(ProblemType.UNPROCESSABLE, refusal(other.getBytes(UTF_8)).type(), other);
    }
  }

  @Test
  void gathersEverythingThatIsWrong() {
    JsonObject body =
        object(
            """
            {"null":null, "number":1, "bool":true, "long":"abcdef", "nul":"a\\u0000",
             "esc":"\\u001b", "lone":"\\ud800", "text":"1", "fraction":1.5, "zero":1.0,
             "exponent":1e2, "big":101, "huge":99999999999999999999, "optional":null}
            """);
    for (String name : List.of("missing", "null", "number", "bool", "long", "nul", "esc", "lone")) {
      body.text(name, 1, 5);
    }
    body.text("optional", 1, 5);
    for (String name :
        List.of("absent", "text", "fraction", "zero", "exponent", "big", "huge", "bool")) {
      body.integer(name, 0, 100);
    }
    ProblemException problem = assertThrows(ProblemException.class, body::done);
    assertEquals(ProblemType.UNPROCESSABLE, problem.type());
    assertEquals(
        List.of(
            "missing",
            "null",
            "number",
            "bool",
            "long",
            "nul",
            "esc",
            "lone",
            "optional",
            "absent",
            "text",
            "fraction",
            "zero",
            "exponent",
            "big",
            "huge",
            "bool"),
        problem.errors.stream().map(FieldError::field).toList());
    assertEquals(new FieldError("missing", "is required"), problem.errors.get(0));
  }

  @Test
  void readsWhatIsRightAndIgnoresTheRest() {
    JsonObject body = object("{\"name\":\"\ud83d\ude00\ud83d\ude00\",\"n\":-3,\"more\":[{}]}");
    assertEquals("\ud83d\ude00\ud83d\ude00", body.text("name", 2, 2));
    assertEquals(-3, body.integer("n", Long.MIN_VALUE, Long.MAX_VALUE));
    assertTrue(body.has("more"));
    assertFalse(body.has("absent"));
    body.done();
  }

  @Test
  void writesInstantsInUtcWithMicroseconds() {
    assertEquals(
        "{\"id\":1,\"at\":\"2026-11-24T00:00:00.123456Z\"}",
        new String(Json.write(new Row(1, Instant.parse("2026-11-24T00:00:00.123456789Z"))), UTF_8));
    assertEquals(
        "\"2026-11-24T00:00:00.000000Z\"",
        new String(Json.write(Instant.parse("2026-11-24T00:00:00Z")), UTF_8));
  }

  private static JsonObject object(String json) {
    return JsonObject.read(json.getBytes(UTF_8));
  }

  private static ProblemException refusal(byte[] json) {
    return assertThrows(
        ProblemException.class, () -> JsonObject.read(json), new String(json, UTF_8));
  }
}
