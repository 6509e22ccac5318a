package ladder.store;

import java.time.Instant;

/** One order, as stored and, member by member in this order, as served. */
public record Order(
    long id,
    long userId,
    String item,
    int quantity,
    long unitPriceCents,
    long totalCents,
    Instant createdAt) {}
