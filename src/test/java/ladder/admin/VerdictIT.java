package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.Test;

/** Each bound, caused on purpose on real parts. */
class VerdictIT {

  @Test
  void aNodeThatNobodyAsksIsIdleAndFine() {
    try (TestApp app = TestApp.start()) {
      Answer answer = app.admin().get("/verdict");
      assertEquals(200, answer.status());
      assertEquals(
          Set.of("bound", "on", "confidence", "evidence", "rung", "advice", "since", "indexes"),
          answer.members());
      JsonNode verdict = answer.json();
      assertEquals("idle", verdict.get("bound").textValue());
      assertTrue(verdict.get("on").isNull());
      assertEquals("none", verdict.get("rung").textValue());
      assertTrue(verdict.get("indexes").isArray());
      Instant _ = Instant.parse(verdict.get("since").textValue());
      double confidence = verdict.get("confidence").doubleValue();
      assertTrue(confidence >= 0 && confidence <= 1, verdict::toString);
      for (JsonNode evidence : verdict.get("evidence")) {
        assertTrue(evidence.get("value").isNumber(), evidence::toString);
        for (String text : new String[] {"name", "unit", "meaning"}) {
          assertTrue(!evidence.get(text).textValue().isBlank(), evidence::toString);
        }
      }
    }
  }

  @Test
  void answersByTheRulesOfTheAdminListener() {
    try (TestApp app = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", "secret"))) {
      assertEquals(200, app.admin().get("/verdict").status());
      assertEquals(401, app.admin().without("Authorization").get("/verdict").status());
    }
  }
}
