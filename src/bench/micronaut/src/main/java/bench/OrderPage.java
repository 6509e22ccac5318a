package bench;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/**
 * @param next what {@code after} takes for the next page; null when this is the last
 */
@Serdeable
record OrderPage(List<Order> orders, @Nullable String next) {}
