package ladder.harness.history;

import static ladder.harness.history.Operation.Action.DELETE_USER;
import static ladder.harness.history.Operation.Action.GET_USER;
import static ladder.harness.history.Operation.Action.PATCH_USER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ladder.harness.history.Violation.Rule;
import org.junit.jupiter.api.Test;

/** Hand-made histories of users: what went back is found, what may have happened is not. */
class HistoryCheckTest {
  private static final Outcome ABSENT = new Outcome.Absent(false);
  private static final Outcome UNKNOWN = new Outcome.Unknown("status 503");

  private final Story story = new Story();

  @Test
  void anEmptyHistoryIsFine() {
    story.isFine();
  }

  @Test
  void aReadAfterAWriteMustShowIt() {
    story.signUp(0, 1);
    Operation write = story.patch(2, 3, 2);
    story.read(2, 4, 1);
    Operation stale = story.read(4, 5, 1);
    story.breaks(Rule.OLDER_THAN_WRITE, write, stale);
  }

  @Test
  void aReadThatBeganBeforeTheWriteWasAnsweredMayMissIt() {
    story.signUp(0, 1);
    story.patch(2, 5, 2);
    story.read(3, 9, 1);
    story.read(5, 9, 1);
    story.isFine();
  }

  @Test
  void aReadMayShowAWriteThatIsNotAnsweredYet() {
    story.signUp(0, 1);
    story.patch(2, 9, 2);
    story.read(3, 4, 2);
    story.isFine();
  }

  @Test
  void aReadAfterAReadMustNotGoBack() {
    story.signUp(0, 1);
    story.patch(2, 9, 2);
    Operation first = story.read(3, 4, 2);
    story.read(3, 6, 1);
    Operation stale = story.read(5, 6, 1);
    story.breaks(Rule.OLDER_THAN_READ, first, stale);
  }

  @Test
  void readsThatOverlapMayShowEitherVersion() {
    story.signUp(0, 1);
    story.patch(2, 9, 2);
    story.read(3, 6, 2);
    story.read(4, 7, 1);
    story.isFine();
  }

  @Test
  void theReaderOfAnotherUserIsNotConcerned() {
    story.signUp(0, 1);
    story.of(8).signUp(0, 1);
    story.of(8).patch(2, 3, 2);
    story.read(4, 5, 1);
    story.isFine();
  }

  @Test
  void whoeverWasDeletedStaysGone() {
    story.signUp(0, 1);
    Operation deletion = story.add(DELETE_USER, 2, 3, new Outcome.Deleted());
    story.read(2, 5, 1);
    story.add(GET_USER, 4, 5, ABSENT);
    Operation back = story.read(6, 7, 1);
    story.breaks(Rule.BACK_FROM_DELETION, deletion, back);
  }

  @Test
  void whoeverWasSeenGoneStaysGone() {
    story.signUp(0, 1);
    story.add(DELETE_USER, 2, 9, new Outcome.Deleted());
    Operation absence = story.add(GET_USER, 3, 4, ABSENT);
    Operation back = story.read(5, 6, 1);
    story.breaks(Rule.BACK_FROM_DELETION, absence, back);
  }

  @Test
  void aWriteToADeletedUserIsAReturnToo() {
    story.signUp(0, 1);
    Operation deletion = story.add(DELETE_USER, 2, 3, new Outcome.Deleted());
    Operation patch = story.patch(4, 5, 2);
    story.breaks(Rule.BACK_FROM_DELETION, deletion, patch);
  }

  @Test
  void nobodyIsDeletedTwice() {
    story.signUp(0, 1);
    Operation deletion = story.add(DELETE_USER, 2, 3, new Outcome.Deleted());
    story.add(DELETE_USER, 4, 5, ABSENT);
    Operation second = story.add(DELETE_USER, 6, 7, new Outcome.Deleted());
    story.breaks(Rule.BACK_FROM_DELETION, deletion, second);
  }

  @Test
  void nobodyIsGoneWithoutADeletion() {
    Operation signUp = story.signUp(0, 1);
    Operation absent = story.add(GET_USER, 2, 3, ABSENT);
    story.read(4, 5, 1);
    story.add(DELETE_USER, 6, 7, new Outcome.Deleted());
    story.breaks(Rule.ABSENT_WITHOUT_DELETE, signUp, absent);
  }

  @Test
  void aDeletionThatFoundNobodyExplainsNoAbsence() {
    Operation signUp = story.signUp(0, 1);
    story.add(DELETE_USER, 2, 3, new Outcome.Refused(429));
    Operation absent = story.add(GET_USER, 4, 5, ABSENT);
    story.breaks(Rule.ABSENT_WITHOUT_DELETE, signUp, absent);
  }

  @Test
  void aUserMayBeSeenGoneBeforeTheDeletionIsAnswered() {
    story.signUp(0, 1);
    story.add(DELETE_USER, 2, 9, new Outcome.Deleted());
    story.add(GET_USER, 1, 3, ABSENT);
    story.add(PATCH_USER, 4, 5, ABSENT);
    story.isFine();
  }

  @Test
  void aDeletionOfUnknownOutcomeMayHappenAtAnyTimeOrNever() {
    story.signUp(0, 1);
    story.add(DELETE_USER, 2, 3, UNKNOWN);
    story.read(4, 5, 1);
    story.add(GET_USER, 6, 7, ABSENT);
    story.isFine();
  }

  @Test
  void whomAnUnknownDeletionTookStaysGone() {
    story.signUp(0, 1);
    story.add(DELETE_USER, 2, 3, UNKNOWN);
    Operation absence = story.add(GET_USER, 6, 7, ABSENT);
    Operation back = story.read(8, 9, 1);
    story.breaks(Rule.BACK_FROM_DELETION, absence, back);
  }

  @Test
  void aWriteOfUnknownOutcomeMayShowAtAnyTimeOrNever() {
    story.signUp(0, 1);
    story.add(PATCH_USER, 2, 3, UNKNOWN);
    story.read(4, 5, 1);
    story.read(6, 7, 2);
    story.patch(8, 9, 3);
    story.isFine();
  }

  @Test
  void whatAnUnknownWriteDidIsNotTakenBack() {
    story.signUp(0, 1);
    story.add(PATCH_USER, 2, 3, UNKNOWN);
    Operation seen = story.read(4, 5, 2);
    Operation stale = story.read(6, 7, 1);
    story.breaks(Rule.OLDER_THAN_READ, seen, stale);
  }

  @Test
  void aWriteThatWasRefusedMakesNoVersion() {
    story.signUp(0, 1);
    story.add(PATCH_USER, 2, 3, new Outcome.Refused(409));
    Operation read = story.read(4, 5, 2);
    story.breaks(Rule.NEVER_WRITTEN, read, read);
  }

  @Test
  void aReadCannotShowWhatIsWrittenLater() {
    story.signUp(0, 1);
    Operation read = story.read(2, 3, 2);
    story.patch(4, 5, 2);
    story.finds(Rule.NEVER_WRITTEN, read, read);
  }

  @Test
  void aVersionHasOneContent() {
    story.signUp(0, 1);
    Operation write = story.add(PATCH_USER, 2, 5, new Outcome.User(7, 2, "one", false));
    Operation other = story.add(GET_USER, 3, 4, new Outcome.User(7, 2, "two", true));
    story.breaks(Rule.TWO_NAMES, write, other);
  }

  @Test
  void twoWritesMakeTwoVersionsEvenWhenTheyOverlap() {
    story.signUp(0, 1);
    Operation one = story.patch(2, 5, 2);
    Operation two = story.patch(3, 6, 2);
    story.breaks(Rule.LOST_WRITE, one, two);
  }

  @Test
  void aWriteIsNewerThanWhatWasSeenBefore() {
    story.signUp(0, 1);
    story.add(PATCH_USER, 2, 3, UNKNOWN);
    Operation seen = story.read(4, 5, 2);
    Operation write = story.patch(6, 7, 2);
    story.breaks(Rule.LOST_WRITE, seen, write);
  }

  @Test
  void aWriterIsTheBetterWitness() {
    story.signUp(0, 1);
    Operation write = story.patch(2, 5, 2);
    story.read(3, 4, 2);
    Operation stale = story.read(6, 7, 1);
    story.breaks(Rule.OLDER_THAN_WRITE, write, stale);
  }

  @Test
  void everyReaderThatWasMisledCounts() {
    story.signUp(0, 1);
    story.patch(2, 3, 2);
    story.read(4, 5, 1);
    story.read(4, 6, 1);
    assertEquals(2, story.violations().size());
  }

  @Test
  void anAnswerAboutAnotherUserIsFoundAndTellsNothing() {
    story.signUp(0, 1);
    story.patch(2, 3, 2);
    Operation other = story.add(GET_USER, 4, 5, new Outcome.User(8, 9, "name 9", true));
    story.read(6, 7, 2);
    story.breaks(Rule.ANOTHERS, other, other);
  }

  @Test
  void aReadThatFailedSaysNothing() {
    story.signUp(0, 1);
    story.patch(2, 3, 2);
    story.add(GET_USER, 4, 5, UNKNOWN);
    story.add(GET_USER, 4, 5, new Outcome.Refused(429));
    story.isFine();
  }
}
