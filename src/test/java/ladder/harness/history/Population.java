package ladder.harness.history;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Whom a load asks for: a few users, so that requests meet; those who were deleted lately; and
 * orders that were answered. Bounded, and thread-safe: who is picked while replaced may be gone.
 */
final class Population {
  /** Half of all requests go to so many of the users. */
  private static final int HOT = 10;

  private static final int DELETED_KEPT = 64;
  private static final int ORDERS_KEPT = 256;

  /** An order and whose it is. */
  record Known(long user, long order) {}

  private final AtomicLongArray users;
  private final AtomicLongArray deleted = new AtomicLongArray(DELETED_KEPT);
  private final AtomicInteger deletions = new AtomicInteger();
  private final AtomicReferenceArray<Known> orders = new AtomicReferenceArray<>(ORDERS_KEPT);
  private final AtomicInteger ordersMade = new AtomicInteger();

  Population(int size) {
    this.users = new AtomicLongArray(size);
  }

  int size() {
    return users.length();
  }

  /** One of the places that a user has. */
  int place(Random random) {
    return random.nextInt(random.nextBoolean() ? Math.min(HOT, size()) : size());
  }

  long user(int place) {
    return users.get(place);
  }

  void settle(int place, long user) {
    users.set(place, user);
  }

  /** From now on this user may be gone; others move in. */
  void deleted(long user) {
    deleted.set(Math.floorMod(deletions.getAndIncrement(), DELETED_KEPT), user);
  }

  /** One who may be gone; 0 when there was none yet. */
  long formerUser(Random random) {
    return deleted.get(random.nextInt(DELETED_KEPT));
  }

  void ordered(long user, long order) {
    orders.set(Math.floorMod(ordersMade.getAndIncrement(), ORDERS_KEPT), new Known(user, order));
  }

  /** Null when there was none yet. */
  @org.jspecify.annotations.Nullable
  Known order(Random random) {
    return orders.get(random.nextInt(ORDERS_KEPT));
  }
}
