package ladder.db;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What runs inside a transaction. A read may run twice: on the replica, then on the primary. */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
  T run(Transaction tx) throws SQLException;
}
