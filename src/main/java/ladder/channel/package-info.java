/**
 * Where effects go: mail, the audit log, Slack.
 *
 * <p><b>Problem.</b> Receivers fail in ways that look alike: this message is wrong, or it comes too
 * early, or the receiver (or our access to it) is down. The first must not be tried again, the
 * second must hold no other message, the third should stop all of them.
 *
 * <p><b>Mechanism.</b> Each channel says which kinds of event it sends, turns an event into one
 * message and the answer into a {@link ladder.journal.Delivery}:
 *
 * <pre>
 *   event ─▶ EmailChannel  SMTP            5xx on recipient or content ─▶ Refused
 *                                          4xx on recipient or content ─▶ Deferred
 *         ─▶ SlackChannel  HTTP POST       400, 413, 422               ─▶ Refused
 *                                          with Retry-After            ─▶ Unavailable, for so long
 *                                          everything else that fails  ─▶ Unavailable
 *         ─▶ AuditChannel  nothing to send: the ledger's record is the row
 *   without an address:  Outbox  writes the same messages as files
 * </pre>
 *
 * <p>What then becomes of the entry is decided by {@code ladder.journal.Schedule}. Refused: it is a
 * dead letter at once. Deferred, such as a mail whose recipient got 450: it alone waits, from
 * {@code LADDER_RETRY_MIN} and twice as long each time up to {@code LADDER_RETRY_MAX}, and is a
 * dead letter after {@code LADDER_RETRY_ATTEMPTS} tries and {@code LADDER_RETRY_FOR}; all other
 * mail goes on. Unavailable: after three in a row nothing goes to this receiver but one try a
 * minute at the most, and when one succeeds, all that waited is due.
 *
 * <p><b>Guarantee.</b> A fault of the operator (wrong password, revoked webhook) loses nothing: the
 * entries wait until it is mended. Repeats carry the same Message-ID or event id.
 *
 * <p><b>Cost.</b> One round trip or more for each message, and a connection for each that is under
 * way.
 *
 * <p><b>When not.</b> For bulk mail use a mail service's own interface with batches.
 *
 * <p>Read {@link ladder.channel.SlackChannel} first. What is said to whom is in {@code MailFormat}
 * and {@code SlackFormat}, where a new kind of event does not compile until it has its case.
 */
@NullMarked
package ladder.channel;

import org.jspecify.annotations.NullMarked;
