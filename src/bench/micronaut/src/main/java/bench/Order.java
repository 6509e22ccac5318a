package bench;

import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;

@Serdeable
record Order(
    long id,
    long userId,
    String item,
    int quantity,
    long unitPriceCents,
    long totalCents,
    Instant createdAt) {}
