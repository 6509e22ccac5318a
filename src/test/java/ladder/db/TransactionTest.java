package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionTest {
  @Test
  void aFaultAfterTheCommitNeitherUndoesItNorStopsWhatElseFollows() {
    List<String> done = new ArrayList<>();
    Transaction tx = new Transaction(null);
    tx.afterCommit(() -> done.add("first"));
    tx.afterCommit(
        () -> {
          throw new IllegalStateException("a fault of the second");
        });
    tx.afterCommit(() -> done.add("third"));
    tx.runAfterCommit();
    assertEquals(List.of("first", "third"), done);
  }
}
