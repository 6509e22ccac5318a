package ladder.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OrderStoreIT {
  private static final StoreFixture here = new StoreFixture();
  private static final long NOBODY = Long.MAX_VALUE;
  private static final long NEWEST = Long.MAX_VALUE;

  @AfterAll
  static void close() {
    here.close();
  }

  private Optional<Order> insert(long userId) {
    return here.database.write(tx -> here.orders.insert(tx, userId, "tea", 3, 250));
  }

  private Optional<List<Order>> page(long userId, long beforeId, int limit) {
    return here.database.readPrimary(tx -> here.orders.page(tx, userId, limit, beforeId));
  }

  @Test
  void whatIsInsertedIsFoundWithItsTotal() {
    long userId = here.newUserId();
    Order order = insert(userId).orElseThrow();
    assertEquals(userId, order.userId());
    assertEquals("tea", order.item());
    assertEquals(750, order.totalCents());
    assertEquals(
        Optional.of(order), here.database.readPrimary(tx -> here.orders.find(tx, order.id())));
    assertEquals(Optional.empty(), here.database.readPrimary(tx -> here.orders.find(tx, NEWEST)));
  }

  @Test
  void nobodyCannotOrderAndTheTransactionStaysUsable() {
    long userId = here.newUserId();
    here.database.write(
        tx -> {
          assertTrue(here.orders.insert(tx, NOBODY, "tea", 1, 1).isEmpty());
          return here.orders.insert(tx, userId, "tea", 1, 1).orElseThrow();
        });
  }

  @Test
  void aUserWithoutOrdersHasAnEmptyPageAndNobodyHasNone() {
    assertEquals(Optional.of(List.of()), page(here.newUserId(), NEWEST, 20));
    assertEquals(Optional.empty(), page(NOBODY, NEWEST, 20));
  }

  @Test
  void pagesHoldTheUsersOrdersNewestFirst() {
    long userId = here.newUserId();
    Order first = insert(userId).orElseThrow();
    Order _ = insert(here.newUserId()).orElseThrow();
    Order second = insert(userId).orElseThrow();
    Order third = insert(userId).orElseThrow();
    assertEquals(Optional.of(List.of(third, second)), page(userId, NEWEST, 2));
    assertEquals(Optional.of(List.of(first)), page(userId, second.id(), 2));
    assertEquals(Optional.of(List.of()), page(userId, first.id(), 2));
  }

  @Test
  void pagesAreCompleteWhileOrdersComeIn() throws Exception {
    long userId = here.newUserId();
    Set<Long> before = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      before.add(insert(userId).orElseThrow().id());
    }
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!enough.get()) {
                    Order _ = insert(userId).orElseThrow();
                  }
                });
    List<Long> seen = new ArrayList<>();
    try {
      long cursor = NEWEST;
      for (List<Order> orders = page(userId, cursor, 7).orElseThrow();
          !orders.isEmpty();
          orders = page(userId, cursor, 7).orElseThrow()) {
        orders.forEach(order -> seen.add(order.id()));
        cursor = orders.getLast().id();
      }
    } finally {
      enough.set(true);
      writer.join();
    }
    assertEquals(seen.size(), new HashSet<>(seen).size(), "nothing comes twice");
    assertTrue(seen.containsAll(before), "nothing is left out");
    assertEquals(seen.stream().sorted((a, b) -> Long.compare(b, a)).toList(), seen);
  }
}
