package ladder.harness.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed when reads went back. */
class ExcerptTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void nothingWrongIsNoLine() {
    assertEquals(List.of(), Excerpt.of(List.of(), 0, 42));
  }

  @Test
  void itShowsBothOperationsTheirTimesTheirNodesAndTheSeed() {
    Story story = new Story();
    story.signUp(SECOND, 2 * SECOND);
    story.patch(3 * SECOND, 4 * SECOND, 2);
    story.read(5 * SECOND, 6 * SECOND, 1);
    assertEquals(
        """
        OLDER_THAN_WRITE: 1, such as
        a read shows a version older than one that was written before it began \
        (OLDER_THAN_WRITE, seed 42)
          #1 PATCH /users/7 on node 1, 2.000000 s to 3.000000 s: version 2, "name 2"
          #2 GET /users/7 on node 1, 4.000000 s to 5.000000 s: version 1, "name 1"
        """,
        String.join("\n", Excerpt.of(story.violations(), SECOND, 42)) + "\n");
  }

  @Test
  void ofManyItShowsTheFirstAndHowManyThereAre() {
    Story story = new Story();
    story.signUp(0, 1);
    story.patch(2, 3, 2);
    for (int i = 0; i < 50; i++) {
      story.read(4, 5, 1);
    }
    List<String> lines = Excerpt.of(story.violations(), 0, 42);
    assertEquals("OLDER_THAN_WRITE: 50, such as", lines.getFirst());
    assertEquals(1 + 3 * 3, lines.size());
  }
}
