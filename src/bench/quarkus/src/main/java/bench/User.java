package bench;

import java.time.Instant;

public record User(long id, String email, String name, Instant createdAt, long version) {}
