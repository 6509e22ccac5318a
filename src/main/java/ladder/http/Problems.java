package ladder.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** Turns a problem into its answer, {@code application/problem+json} (RFC 9457). */
final class Problems {
  private Problems() {}

  static Response answer(ProblemException problem, String requestId) {
    ProblemType type = problem.type();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type.type());
    members.put("title", type.title());
    members.put("status", type.status());
    members.put("detail", problem.detail());
    members.put("requestId", requestId);
    if (!problem.errors().isEmpty()) {
      members.put("errors", problem.errors());
    }
    Map<String, String> headers = new LinkedHashMap<>();
    if (type == ProblemType.UNAVAILABLE) {
      headers.put("Retry-After", "1");
    }
    headers.putAll(problem.headers());
    headers.put("Content-Type", "application/problem+json");
    return new Response(type.status(), headers, Json.write(members));
  }
}
