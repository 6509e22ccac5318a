package ladder.db;

import java.sql.Connection;

/**
 * One transaction, or one read, in progress. Callers outside {@code db} and {@code store} only pass
 * it on, so that SQL stays in the stores. Valid on the thread and for the call that received it.
 */
public record Transaction(Connection connection) {}
