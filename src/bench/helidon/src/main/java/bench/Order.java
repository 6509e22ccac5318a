package bench;

import java.time.Instant;
import java.util.List;

record Order(
    long id,
    long userId,
    String item,
    int quantity,
    long unitPriceCents,
    long totalCents,
    Instant createdAt) {

  /** Newest first. {@code next} is what {@code after=} takes; null when these are the last. */
  record Page(List<Order> orders, String next) {}
}
