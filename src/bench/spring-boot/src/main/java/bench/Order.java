package bench;

import java.time.Instant;

record Order(
    long id,
    long userId,
    String item,
    int quantity,
    long unitPriceCents,
    long totalCents,
    Instant createdAt) {}
