package bench;

import java.time.Instant;

record User(long id, String email, String name, Instant createdAt, long version) {}
