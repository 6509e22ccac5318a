package ladder.harness.history;

import static ladder.harness.history.Operation.Action.DELETE_USER;
import static ladder.harness.history.Operation.Action.GET_ORDER;
import static ladder.harness.history.Operation.Action.LIST_ORDERS;
import static ladder.harness.history.Operation.Action.POST_ORDER;

import java.util.Arrays;
import java.util.List;
import ladder.harness.history.Violation.Rule;
import org.junit.jupiter.api.Test;

/** Hand-made histories of orders: what was lost is found, what may have happened is not. */
class OrderHistoryTest {
  private final Story story = new Story();

  @Test
  void anAnsweredOrderIsInTheNextList() {
    story.signUp(0, 1);
    Operation order = story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    story.add(LIST_ORDERS, 2, 5, page(false));
    Operation list = story.add(LIST_ORDERS, 4, 5, page(false));
    story.breaks(Rule.ORDER_MISSING, order, list);
  }

  @Test
  void aListLosesNoOrderThatAnEarlierOneShowed() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 9, new Outcome.Order(41, 7));
    Operation shown = story.add(LIST_ORDERS, 3, 4, page(false, 41));
    story.add(LIST_ORDERS, 3, 6, page(false));
    Operation list = story.add(LIST_ORDERS, 5, 6, page(false));
    story.breaks(Rule.ORDER_MISSING, shown, list);
  }

  @Test
  void aListLosesNoOrderThatWasReadByItself() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 9, new Outcome.Order(41, 7));
    Operation read = story.order(GET_ORDER, 41, 3, 4, new Outcome.Order(41, 7));
    Operation list = story.add(LIST_ORDERS, 5, 6, page(false));
    story.breaks(Rule.ORDER_MISSING, read, list);
  }

  @Test
  void anOrderInTheMiddleIsMissedToo() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    Operation order = story.add(POST_ORDER, 2, 3, new Outcome.Order(42, 7));
    story.add(POST_ORDER, 2, 3, new Outcome.Order(43, 7));
    Operation list = story.add(LIST_ORDERS, 4, 5, page(false, 43, 41));
    story.breaks(Rule.ORDER_MISSING, order, list);
  }

  @Test
  void anOrderThatIsOlderThanThePageIsNotMissed() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    story.add(POST_ORDER, 2, 3, new Outcome.Order(42, 7));
    story.add(LIST_ORDERS, 4, 5, page(true, 42));
    story.isFine();
  }

  @Test
  void thePageOfAStaleReplicaIsFoundThoughItIsFull() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    story.add(POST_ORDER, 2, 3, new Outcome.Order(42, 7));
    Operation newest = story.add(POST_ORDER, 2, 3, new Outcome.Order(43, 7));
    Operation list = story.add(LIST_ORDERS, 4, 5, page(true, 42, 41));
    story.breaks(Rule.ORDER_MISSING, newest, list);
  }

  @Test
  void anOrderOfUnknownOutcomeMayShowAtAnyTimeOrNever() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Unknown("reset"));
    story.add(LIST_ORDERS, 4, 5, page(false));
    story.add(LIST_ORDERS, 6, 7, page(false, 41));
    story.isFine();
  }

  @Test
  void aLowerNumberMayCommitLater() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 9, new Outcome.Order(41, 7));
    story.add(POST_ORDER, 2, 3, new Outcome.Order(42, 7));
    story.add(LIST_ORDERS, 4, 5, page(false, 42));
    story.add(LIST_ORDERS, 6, 7, page(false, 42, 41));
    story.isFine();
  }

  @Test
  void anAnsweredOrderCanBeRead() {
    Operation signUp = story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    Operation absent = story.order(GET_ORDER, 41, 4, 5, new Outcome.Absent(false));
    story.breaks(Rule.ABSENT_WITHOUT_DELETE, signUp, absent);
  }

  @Test
  void ordersGoWithTheirUser() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    story.add(DELETE_USER, 4, 7, new Outcome.Deleted());
    story.add(LIST_ORDERS, 5, 6, page(false));
    story.order(GET_ORDER, 41, 5, 6, new Outcome.Absent(false));
    story.add(LIST_ORDERS, 8, 9, new Outcome.Absent(false));
    story.isFine();
  }

  @Test
  void ordersOfADeletedUserStayGone() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    Operation deletion = story.add(DELETE_USER, 4, 5, new Outcome.Deleted());
    Operation order = story.order(GET_ORDER, 41, 6, 7, new Outcome.Order(41, 7));
    story.breaks(Rule.BACK_FROM_DELETION, deletion, order);
  }

  @Test
  void aListOfADeletedUserIsAReturn() {
    story.signUp(0, 1);
    Operation deletion = story.add(DELETE_USER, 4, 5, new Outcome.Deleted());
    Operation list = story.add(LIST_ORDERS, 6, 7, page(false));
    story.breaks(Rule.BACK_FROM_DELETION, deletion, list);
  }

  @Test
  void aUserWhoseOrderIsGoneIsGone() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    story.add(DELETE_USER, 4, 9, new Outcome.Deleted());
    Operation absence = story.order(GET_ORDER, 41, 5, 6, new Outcome.Absent(false));
    Operation back = story.read(7, 8, 1);
    story.breaks(Rule.BACK_FROM_DELETION, absence, back);
  }

  @Test
  void anAnswerWithAnotherUsersOrderIsFound() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    Outcome mixed = new Outcome.Page(List.of(new Outcome.Order(40, 8)), false);
    Operation list = story.add(LIST_ORDERS, 4, 5, mixed);
    story.breaks(Rule.ANOTHERS, list, list);
  }

  @Test
  void anAnswerWithAnotherOrderIsFound() {
    story.signUp(0, 1);
    story.add(POST_ORDER, 2, 3, new Outcome.Order(41, 7));
    Operation order = story.order(GET_ORDER, 41, 4, 5, new Outcome.Order(42, 7));
    story.breaks(Rule.ANOTHERS, order, order);
  }

  private static Outcome page(boolean more, long... orders) {
    return new Outcome.Page(
        Arrays.stream(orders).mapToObj(id -> new Outcome.Order(id, 7)).toList(), more);
  }
}
