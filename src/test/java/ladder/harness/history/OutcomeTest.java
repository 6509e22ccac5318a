package ladder.harness.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ladder.harness.RawHttp.Answer;
import ladder.harness.history.Operation.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an answer is taken for. */
class OutcomeTest {
  private static final String USER =
      "{\"id\":7,\"email\":\"a@b\",\"name\":\"Ada\",\"createdAt\":\"x\",\"version\":4}";

  @ParameterizedTest
  @EnumSource
  void afterAServersFaultNothingIsKnown(Action action) {
    for (int status : new int[] {500, 503}) {
      assertEquals(new Outcome.Unknown("status " + status), of(action, status, ""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalHadNoEffect(Action action) {
    for (int status : new int[] {400, 409, 412, 429}) {
      assertEquals(new Outcome.Refused(status), of(action, status, ""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void absenceIsAnAnswer(Action action) {
    assertEquals(new Outcome.Absent(false), of(action, 404, ""));
  }

  @Test
  void theWrongKindOfSuccessIsNotUnderstood() {
    assertEquals(new Outcome.Unknown("status 200"), of(Action.DELETE_USER, 200, USER));
    assertEquals(new Outcome.Unknown("status 304"), of(Action.GET_USER, 304, ""));
  }

  @Test
  void aBodyThatIsCutOffOrLacksSomethingIsUnknown() {
    for (String body : List.of("", "{\"id\":7,\"vers", "{\"id\":7}", "[]")) {
      assertInstanceOf(Outcome.Unknown.class, of(Action.GET_USER, 200, body), body);
      assertInstanceOf(Outcome.Unknown.class, of(Action.LIST_ORDERS, 200, body), body);
    }
  }

  @Test
  void aUserHasAVersionAndAName() {
    Outcome user = new Outcome.User(7, 4, "Ada", false);
    assertEquals(user, of(Action.GET_USER, 200, USER));
    assertEquals(user, of(Action.PATCH_USER, 200, USER));
    assertEquals(user, of(Action.SIGN_UP, 201, USER));
  }

  @Test
  void aHitIsKnownByItsHeader() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("cache-status", "ladder; hit");
    assertEquals(
        new Outcome.User(7, 4, "Ada", true),
        Outcome.of(Action.GET_USER, new Answer(200, headers, USER)));
    assertEquals(
        new Outcome.Absent(true), Outcome.of(Action.GET_USER, new Answer(404, headers, "")));
  }

  @Test
  void aDeletionHasNoBody() {
    assertEquals(new Outcome.Deleted(), of(Action.DELETE_USER, 204, ""));
  }

  @Test
  void anOrderHasANumber() {
    assertEquals(new Outcome.Order(41, 7), of(Action.POST_ORDER, 201, "{\"id\":41,\"userId\":7}"));
    assertEquals(new Outcome.Order(41, 7), of(Action.GET_ORDER, 200, "{\"id\":41,\"userId\":7}"));
  }

  @Test
  void aListSaysWhetherThereIsMore() {
    String orders =
        "{\"orders\":[{\"id\":42,\"userId\":7},{\"id\":41,\"userId\":7}],\"next\":\"c\"}";
    assertEquals(
        new Outcome.Page(List.of(new Outcome.Order(42, 7), new Outcome.Order(41, 7)), true),
        of(Action.LIST_ORDERS, 200, orders));
    assertEquals(
        new Outcome.Page(List.of(), false),
        of(Action.LIST_ORDERS, 200, "{\"orders\":[],\"next\":null}"));
  }

  private static Outcome of(Action action, int status, String body) {
    return Outcome.of(action, new Answer(status, Map.of(), body));
  }
}
