package ladder.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeSet;
import ladder.harness.Client.Answer;

/** What every error answer must be (RFC 9457). */
public final class Problem {
  private Problem() {}

  /** Asserts that it is a whole and honest problem of this status, and returns it. */
  public static JsonNode assertProblem(int status, Answer answer) {
    assertEquals(status, answer.status(), answer::text);
    assertEquals("application/problem+json", answer.header("Content-Type"));
    JsonNode problem = answer.json();
    for (String member : new String[] {"type", "title", "detail", "requestId"}) {
      assertTrue(problem.path(member).isTextual(), () -> member + " in " + problem);
      assertFalse(problem.path(member).textValue().isBlank(), () -> member + " in " + problem);
    }
    assertEquals(status, problem.path("status").intValue());
    assertEquals(answer.header("X-Request-Id"), problem.path("requestId").textValue());
    assertTrue(answer.header("Server-Timing").contains("total;dur="), answer::toString);
    if (status == 503 || status == 429) {
      assertTrue(answer.header("Retry-After").matches("[1-9][0-9]*"), answer::toString);
    }
    return problem;
  }

  /** Asserts a 422 that names exactly these fields. */
  public static void assertInvalid(Answer answer, String... fields) {
    JsonNode problem = assertProblem(422, answer);
    TreeSet<String> named = new TreeSet<>();
    for (JsonNode error : problem.path("errors")) {
      named.add(error.path("field").textValue());
      assertFalse(error.path("message").textValue().isBlank(), problem::toString);
    }
    assertEquals(new TreeSet<>(java.util.List.of(fields)), named, problem::toString);
  }
}
