/**
 * Rung 5, background work: what need not happen during the request happens after it.
 *
 * <p><b>Problem.</b> A sign-up owes a welcome mail, an audit row and a Slack message. Done inside
 * the request they make it as slow as the slowest receiver and fail it when one is down. Done
 * "later" in memory they are lost with the process.
 *
 * <p><b>Mechanism.</b> The request appends one entry to a journal on disk, before its transaction
 * commits, and answers after the commit. One writer thread takes all waiting appends, writes them
 * and forces them to disk once (group commit). Each channel has a drainer that reads the journal at
 * its own pace and has several deliveries under way.
 *
 * <pre>
 *   requests ──append──▶ bounded queue ──▶ JournalWriter: write, one force, wake the callers
 *                                             │
 *                          journal/queue/20261124F.cq4 ...   (a file for each day)
 *                             │               │             │
 *                        Drainer email   Drainer audit  Drainer slack     one loop for each:
 *                             │                                           read, ask, start, record
 *                          Schedule    what next? what follows?           (no threads, no I/O)
 *                             │
 *                deliveries under way  at most LADDER_CHANNEL_CONCURRENCY, a virtual thread each
 * </pre>
 *
 * <p>An entry cannot be written in the same instant as its transaction commits, so it is written
 * first and the database decides: the entry carries its transaction's id, and the {@link
 * ladder.journal.Ledger} (here {@link ladder.store.EffectStore}) says what became of it. An entry
 * whose sign-up never happened is ignored; a sign-up that was answered always has its entry. {@code
 * Entry} draws the states from there to the end.
 *
 * <p><b>Guarantee.</b> Every effect of an answered sign-up is delivered at least once or ends as a
 * dead letter, through {@code kill -9}, power loss (with sync on) and receivers that are down for
 * hours; once where the record of the delivery is the delivery (audit). A crash repeats at most
 * {@code LADDER_CHANNEL_CONCURRENCY} deliveries of a channel: those under way or not yet recorded.
 * A failing entry delays no other: it waits in a window while the drainer reads on, until the
 * window is full ({@code Schedule.SIZE_MAX}).
 *
 * <p><b>Two waits.</b> An entry that its receiver defers waits for itself, up to {@code
 * LADDER_RETRY_MAX}. Entries whose receiver is away wait for the receiver: it is tried once a
 * minute or sooner, and when it answers all of them are due. {@code Schedule} has both.
 *
 * <p><b>Cost.</b> One disk flush for each batch, which sign-ups wait for while they hold a
 * connection: the pool's size bounds the batch, and a disk that stands still for {@code
 * JournalWriter.DISK_MAX} is not waited for, sign-ups are refused. One connection to the database
 * for each channel. Order only for what succeeds at once. A journal that belongs to one node's
 * disk.
 *
 * <p><b>When not.</b> When the effects could be rows of the same database: an outbox table commits
 * with the data and needs no ledger. When a lost disk must lose nothing: the journal is local.
 *
 * <p>Read {@link ladder.journal.Journal} first, then {@code JournalWriter}, {@code Drainer}, {@code
 * Schedule} and {@code Entry}. A new kind of event begins in {@link ladder.journal.Kind}.
 */
@NullMarked
package ladder.journal;

import org.jspecify.annotations.NullMarked;
