package ladder.store;

import static ladder.store.StoreFixture.newEmail;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.store.UserStore.Change;
import ladder.store.UserStore.Change.Changed;
import ladder.store.UserStore.Change.EmailTaken;
import ladder.store.UserStore.Change.NotFound;
import ladder.store.UserStore.Change.Stale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserStoreIT {
  private static final StoreFixture here = new StoreFixture();
  private static final long NOBODY = Long.MAX_VALUE;

  @AfterAll
  static void close() {
    here.close();
  }

  private Change update(long id, String email, String name, Long... expected) {
    return here.database.write(
        tx -> here.users.update(tx, id, email, name, expected.length == 0 ? null : expected));
  }

  private Change delete(long id, Long... expected) {
    return here.database.write(
        tx -> here.users.delete(tx, id, expected.length == 0 ? null : expected));
  }

  private Optional<User> find(long id) {
    return here.database.readPrimary(tx -> here.users.find(tx, id));
  }

  @Test
  void whatIsInsertedIsFound() {
    User user = here.newUser().user();
    assertEquals("Ada", user.name());
    assertEquals(1, user.version());
    assertEquals(Optional.of(user), find(user.id()));
    assertEquals(Optional.empty(), find(NOBODY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada", "élan", "ÿ-жук", "ωμέγα"})
  void anAddressIsTakenWhateverItsCase(String localPart) {
    String address = localPart + UUID.randomUUID() + "@example.org";
    assertTrue(here.database.write(tx -> here.insert(tx, address, "A")).isPresent());
    Optional<String> kept =
        here.database.write(
            tx -> {
              assertTrue(here.insert(tx, address.toUpperCase(Locale.ROOT), "B").isEmpty());
              return here.insert(tx, newEmail(), "C").map(i -> i.user().name());
            });
    assertEquals(Optional.of("C"), kept, "the transaction stays usable");
  }

  @Test
  void ofACrowdWithOneAddressOneGetsIt() throws Exception {
    String address = newEmail();
    int inserted = 0;
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            crowd.submit(
                () -> here.database.write(tx -> here.insert(tx, address, "A")).isPresent()));
      }
      for (Future<Boolean> answer : answers) {
        inserted += answer.get() ? 1 : 0;
      }
    }
    assertEquals(1, inserted);
  }

  @Test
  void aChangeLeavesWhatItDoesNotNameAndCountsTheVersion() {
    User before = here.newUser().user();
    String address = newEmail();
    User renamed = assertInstanceOf(Changed.class, update(before.id(), null, "Grace")).user();
    assertEquals(new User(before.id(), before.email(), "Grace", before.createdAt(), 2), renamed);
    User moved = assertInstanceOf(Changed.class, update(before.id(), address, null)).user();
    assertEquals(new User(before.id(), address, "Grace", before.createdAt(), 3), moved);
    assertEquals(Optional.of(moved), find(before.id()));
  }

  @Test
  void aUserMayWriteTheirOwnAddressInAnotherCase() {
    User user = here.newUser().user();
    String louder = user.email().toUpperCase(Locale.ROOT);
    assertInstanceOf(Changed.class, update(user.id(), louder, null));
  }

  @Test
  void aChangeToAnothersAddressChangesNothing() {
    User one = here.newUser().user();
    User other = here.newUser().user();
    StoreFixture.Rollback _ =
        assertThrows(
            StoreFixture.Rollback.class,
            () ->
                here.database.write(
                    tx -> {
                      String taken = other.email().toUpperCase(Locale.ROOT);
                      assertInstanceOf(
                          EmailTaken.class, here.users.update(tx, one.id(), taken, "X", null));
                      throw new StoreFixture.Rollback();
                    }));
    assertEquals(Optional.of(one), find(one.id()));
  }

  @Test
  void aChangeOfAnotherVersionThanExpectedIsRefused() {
    long id = here.newUserId();
    assertInstanceOf(Stale.class, update(id, null, "B", 2L));
    assertInstanceOf(Changed.class, update(id, null, "B", 7L, 1L));
    assertInstanceOf(Stale.class, update(id, null, "C", 1L));
    assertInstanceOf(NotFound.class, update(NOBODY, null, "C", 1L));
    assertInstanceOf(NotFound.class, update(NOBODY, null, "C"));
    assertEquals("B", find(id).orElseThrow().name());
  }

  @Test
  void ofACrowdThatChangesOneVersionOneSucceeds() throws Exception {
    long id = here.newUserId();
    int changed = 0;
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Change>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(crowd.submit(() -> update(id, null, "B", 1L)));
      }
      for (Future<Change> answer : answers) {
        changed += answer.get() instanceof Changed ? 1 : 0;
      }
    }
    assertEquals(1, changed);
    assertEquals(2, find(id).orElseThrow().version());
  }

  @Test
  void aDeletedUsersOrdersGoToo() {
    User user = here.newUser().user();
    assertTrue(
        here.database.write(tx -> here.orders.insert(tx, user.id(), "tea", 1, 250)).isPresent());
    assertInstanceOf(Stale.class, delete(user.id(), 9L));
    assertEquals(new Changed(user), delete(user.id(), 1L));
    assertEquals(0, here.count("SELECT count(*) FROM orders WHERE user_id = ?", user.id()));
    assertInstanceOf(NotFound.class, delete(user.id()));
  }
}
