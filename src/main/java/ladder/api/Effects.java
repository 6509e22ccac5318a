package ladder.api;

import java.util.List;
import java.util.function.BiConsumer;
import ladder.db.Transaction;
import ladder.journal.Event;

/**
 * What follows a change: from the journal, or delivered directly with that rung off.
 *
 * @param changesMax how many changes a transaction may make together; 1 when each is to be followed
 *     for long
 * @param requireReady asked before a change takes a connection to the database; throws {@link
 *     ladder.failure.UnavailableException} when {@code follow} would refuse it anyway
 * @param follow called inside the transaction that makes the changes, before it commits: when this
 *     throws, nothing happens at all
 */
public record Effects(
    int changesMax, Runnable requireReady, BiConsumer<Transaction, List<Event>> follow) {}
