/**
 * A thin layer over the JDK's HTTP server: the only package that knows it.
 *
 * <p>The JDK brings connections, parsing and framing. What a service needs beyond that, it lacks:
 * routing by segments, an answer when a handler throws, bounds and deadlines for bodies, draining.
 *
 * <pre>
 *   JDK dispatcher --> virtual thread --> Exchange
 *      admit ........ over inflightMax: 503, counted as shed
 *      check ........ head too large 431, target malformed 400
 *      route ........ Router: 404, 405 with Allow, OPTIONS
 *      handle ....... Handler returns a Response or throws a ProblemException; the rest is a 500
 *      answer ....... request id, Server-Timing, traceparent; head and body in one write
 *      tell ......... the Observer (metrics), then the access log
 * </pre>
 *
 * <p>Guarantees: every request that the JDK could parse is answered once, whatever its handler
 * does, unless its client left; every error is {@code application/problem+json} with the request's
 * id; no request holds a thread for longer than its body's deadline plus its handler's time.
 * Whatever the JDK refuses itself (a malformed request line, twice our bound of headers) gets its
 * bare answer or none.
 *
 * <p>Cost: bodies and answers are whole in memory, so nothing streams; a body that was not here
 * with its head is read by a second virtual thread, for the sake of the deadline. Not for large
 * uploads, server-sent events, HTTP/2 or TLS: put a proxy in front for the latter two.
 *
 * <p>Read first: {@link ladder.http.Exchange}; then {@link ladder.http.Body} for hostile senders
 * and {@link ladder.http.Listener} for the JDK's switches and for closing.
 */
@org.jspecify.annotations.NullMarked
package ladder.http;
