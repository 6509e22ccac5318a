/**
 * A floor: HTTP on an engine that can be exchanged.
 *
 * <p>The engine brings connections, parsing and framing. There are two, behind one wall: ours,
 * whose connections are blocking sockets with a virtual thread each, and the JDK's server, which
 * hands every request from a selector to a new thread and back. A profile decided for ours: with
 * the JDK's, six tenths of a cached read were its work. What a service needs beyond an engine:
 * routing by segments, an answer when a handler throws, bounds and deadlines for bodies, a choice
 * of whom to refuse when there is too much to do, draining.
 *
 * <pre>
 *   SocketEngine: Connection ─ HeadReader, BodyInput, Output ─┐
 *   JdkEngine: com.sun.net.httpserver ────────────────────────┤
 *                                       Engine ══ wall ══ Incoming ──► Exchange
 *      check ........ HeadCheck: head too large 431, malformed or ambiguous 400
 *      route ........ Router: 404, 405 with Allow, OPTIONS
 *      admit ........ Admission: no place left 503, counted as shed; health and admin need none
 *      handle ....... Outcome: a Response; a ProblemException's answer; cannot now 503; a fault 500
 *      answer ....... request id, Server-Timing, traceparent; head and body in one write
 *      observe ...... the Observer (metrics, with the request's timings), then the access log
 * </pre>
 *
 * <p>Guarantees: a request that the engine could parse is answered once, whatever its handler does,
 * unless its client leaves, which is counted and logged as 499; every error is {@code
 * application/problem+json} with the request's id, also for a head that is malformed: whatever two
 * readers could take for different requests is refused (RFC 9112, 11.2), and its connection closed.
 * What the JDK's engine refuses itself gets its bare answer or none.
 *
 * <p>Clients that stall take no place from others, but they do hold a connection, of which there
 * are {@link ladder.http.Engine}'s bound, with one virtual thread, or two while a body is awaited,
 * and one body and one answer in memory. A body is awaited for its timeout and, when nobody wants
 * it, discarded for two seconds; a head may take 30 s, an unread answer 60 s, and a connection be
 * idle for 75 s, which the engine checks now and then.
 *
 * <p>An answer may be a {@link ladder.http.Response.Stream}, which writes its body as it comes: for
 * server-sent events of the admin listener. It is observed when its head is sent, and draining does
 * not wait for it; a client that does not read blocks its own thread alone.
 *
 * <p>Cost: all other bodies and answers are whole in memory; a body that was not here with its head
 * is read by a second virtual thread, for the sake of the deadline. Not for large uploads, HTTP/2
 * or TLS: put a proxy in front for the latter two.
 *
 * <p>Read first: {@link ladder.http.Exchange}; then {@link ladder.http.Connection} for how requests
 * come, {@link ladder.http.Outcome} for what becomes of a failure, {@link ladder.http.Admission}
 * for overload, {@link ladder.http.Body} for hostile senders and {@link ladder.http.JdkEngine} for
 * the JDK's switches.
 */
@org.jspecify.annotations.NullMarked
package ladder.http;
