package ladder.db;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction, or one read, in progress. Callers outside {@code db} and {@code store} only pass
 * it on, so that SQL stays in the stores. Valid on the thread and for the call that received it.
 */
public final class Transaction {
  private static final Logger log = LoggerFactory.getLogger(Transaction.class);

  private final Connection connection;
  private final List<Runnable> afterCommit = new ArrayList<>(2);

  Transaction(Connection connection) {
    this.connection = connection;
  }

  public Connection connection() {
    return connection;
  }

  /**
   * Runs this once the transaction has committed and its connection is free; never otherwise. What
   * it throws is logged: the change is made, and its caller must not hear that it failed.
   */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  void committed() {
    for (Runnable action : afterCommit) {
      try {
        action.run();
      } catch (RuntimeException e) {
        log.error("what follows a committed change failed", e);
      }
    }
  }
}
