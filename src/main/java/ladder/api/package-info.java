/**
 * What the service offers: users, orders, sign-up, health, and its own description.
 *
 * <p>{@link ladder.api.Routes} is the whole of it on one page: every route with what answers it. A
 * new endpoint is a line there, a handler here, and its path in {@code openapi.json}, which a test
 * holds against the table.
 *
 * <pre>
 *   route ──► Gate: who calls? may they, still? ──► handler ──► store, cache, journal
 *             401            429                    404, 409, 412, 422
 * </pre>
 *
 * <p>Handlers return an answer or throw a {@link ladder.http.ProblemException}; {@link
 * ladder.http.Outcome} turns both into answers, and a database or a journal that is away into 503.
 * Handlers are thread-safe: they hold only what they were built with.
 */
@NullMarked
package ladder.api;

import org.jspecify.annotations.NullMarked;
