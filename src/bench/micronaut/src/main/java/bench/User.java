package bench;

import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;

@Serdeable
record User(long id, String email, String name, Instant createdAt, long version) {}
