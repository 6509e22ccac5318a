package ladder.api;

import java.util.function.BiConsumer;
import ladder.db.Transaction;
import ladder.journal.Event;

/**
 * What follows a change: from the journal, or delivered directly with that rung off.
 *
 * @param requireReady asked before a change takes a connection to the database; throws {@link
 *     ladder.failure.UnavailableException} when {@code follow} would refuse it anyway
 * @param follow called inside the transaction that makes the change, before it commits: when this
 *     throws, nothing happens at all
 */
public record Effects(Runnable requireReady, BiConsumer<Transaction, Event> follow) {}
