/**
 * Rung 5, background work: what need not happen during the request happens after it.
 *
 * <p><b>Problem.</b> A sign-up owes a welcome mail, an audit row and a Slack message. Done inside
 * the request they make it as slow as the slowest receiver and fail it when one is down. Done
 * "later" in memory they are lost with the process.
 *
 * <p><b>Mechanism.</b> The request appends one entry to a journal on disk, before its transaction
 * commits, and answers after the commit. One writer thread takes all waiting appends, writes them
 * and forces them to disk once (group commit). Each channel has a drainer on a virtual thread that
 * reads the journal at its own pace.
 *
 * <pre>
 *   requests ──append──▶ bounded queue ──▶ writer: write batch, one force, wake the callers
 *                                             │
 *                          journal/queue/20261124F.cq4 ...   (a file for each day)
 *                             │               │             │
 *                        drainer email   drainer audit  drainer slack
 *                             │
 *             ledger: PENDING  look again soon      VOID  rolled back, pass
 *                     DUE      deliver, record      DONE  pass
 *                             │
 *       Delivered ▶ ledger.delivered   Refused ▶ ledger.dead   Unavailable ▶ waits in the window
 * </pre>
 *
 * <p>An entry cannot be written in the same instant as its transaction commits, so it is written
 * first and the database decides: the entry carries its transaction's id, and the {@link
 * ladder.journal.Ledger} (here {@link ladder.store.EffectStore}) says what became of it. An entry
 * whose sign-up never happened is ignored; a sign-up that was answered always has its entry.
 *
 * <p><b>Guarantee.</b> Every effect of an answered sign-up is delivered at least once or ends as a
 * dead letter, through {@code kill -9}, power loss (with sync on) and receivers that are down for
 * hours; once where the receiver records the delivery in its own transaction (audit). A failing
 * entry delays nobody: it waits in a bounded window while the drainer reads on.
 *
 * <p><b>Cost.</b> One disk flush for each batch, which sign-ups wait for; one entry at a time for
 * each channel; order only for what succeeds at once; a journal that belongs to one node's disk.
 *
 * <p><b>When not.</b> When the effects could be rows of the same database: an outbox table commits
 * with the data and needs no ledger. When a lost disk must lose nothing: the journal is local.
 *
 * <p>Read {@link ladder.journal.Journal} first, then {@code JournalWriter}, {@code Drainer} and
 * {@code Window}.
 */
@NullMarked
package ladder.journal;

import org.jspecify.annotations.NullMarked;
