/**
 * The tables, one class each, in plain SQL: the only place beside {@code db} and {@code keys} that
 * knows JDBC.
 *
 * <p>A store holds no state but its SQL and is thread-safe. What writes takes a {@link
 * ladder.db.Transaction}, so that several stores can write in one transaction that the caller owns;
 * what reads takes one too, so that the caller decides where it runs.
 *
 * <p>Read {@link ladder.store.UserStore} first. {@link ladder.store.IdempotencyStore} and {@link
 * ladder.store.EffectStore} hold the two less usual ideas: an answer that commits together with
 * what it answers, and PostgreSQL itself telling whether a transaction committed.
 */
@NullMarked
package ladder.store;

import org.jspecify.annotations.NullMarked;
