/**
 * What follows a sign-up: a welcome mail, an audit row, a Slack message.
 *
 * <p><b>Problem.</b> Receivers fail in two ways that look alike: this message is wrong, or the
 * receiver (or our access to it) is. The first must not be tried again, the second must.
 *
 * <p><b>Mechanism.</b> Each channel turns one event into one message and the answer into a {@link
 * ladder.journal.Delivery}:
 *
 * <pre>
 *   event ─▶ EmailChannel  SMTP            5xx on recipient or content ─▶ Refused
 *         ─▶ SlackChannel  HTTP POST       400, 413, 422               ─▶ Refused
 *         ─▶ AuditChannel  a row           never                          Refused
 *                                          everything else that fails  ─▶ Unavailable
 *   without an address:  Outbox  writes the same messages as files
 * </pre>
 *
 * <p><b>Guarantee.</b> A fault of the operator (wrong password, revoked webhook) loses nothing: the
 * entries wait until it is mended. Repeats carry the same Message-ID or event id.
 *
 * <p><b>Cost.</b> One message at a time, one round trip or more for each.
 *
 * <p><b>When not.</b> For bulk mail use a mail service's own interface with batches.
 *
 * <p>Read {@link ladder.channel.SlackChannel} first, it is the shortest.
 */
@NullMarked
package ladder.channel;

import org.jspecify.annotations.NullMarked;
