package ladder.db;

import static ladder.db.SqlFailure.AWAY;
import static ladder.db.SqlFailure.BUSY;
import static ladder.db.SqlFailure.FAULT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlFailureTest {
  private static SqlFailure of(String state) {
    return SqlFailure.of(new SQLException("failed", state));
  }

  @Test
  void aServerThatBreaksOrRefusesConnectionsIsAway() {
    for (String state : List.of("08001", "08006", "57P01", "57P02", "57P03")) {
      assertEquals(AWAY, of(state), state);
    }
  }

  @Test
  void aServerThatAnswersButNotThisNowIsBusy() {
    for (String state : List.of("40001", "40P01", "55P03", "57014", "53300", "25006")) {
      assertEquals(BUSY, of(state), state);
    }
  }

  @Test
  void anythingElseIsAFault() {
    for (String state : List.of("23505", "42P01", "22001")) {
      assertEquals(FAULT, of(state), state);
    }
    assertEquals(FAULT, of(null));
  }

  @Test
  void aWaitForThePoolIsBusyUnlessItsLastAttemptFoundTheServerAway() {
    assertEquals(BUSY, SqlFailure.of(new SQLTransientConnectionException("timed out")));
    SQLException refused = new SQLException("refused", "08001");
    assertEquals(
        AWAY, SqlFailure.of(new SQLTransientConnectionException("timed out", "08001", refused)));
  }
}
