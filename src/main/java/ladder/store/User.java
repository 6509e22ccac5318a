package ladder.store;

import java.time.Instant;

/**
 * One user, as stored and, member by member in this order, as served. The version comes last: the
 * cache reads it off the end of the JSON.
 *
 * @param version from 1, one more with every change
 */
public record User(long id, String email, String name, Instant createdAt, long version) {}
