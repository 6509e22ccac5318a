package ladder.keys;

import static ladder.store.StoreFixture.newHash;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import ladder.db.DatabaseException;
import ladder.store.StoreFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ApiKeyStoreIT {
  private static final StoreFixture here = new StoreFixture();

  @AfterAll
  static void close() {
    here.close();
  }

  private ApiKey insert(String hash, Integer perMinute) {
    return here.database.write(tx -> here.keys.insert(tx, "app", hash, perMinute));
  }

  private Optional<ApiKeyStore.Hashed> find(String hash) {
    return here.database.readPrimary(tx -> here.keys.findByHash(tx, hash));
  }

  private boolean revoke(long id) {
    return here.database.write(tx -> here.keys.revoke(tx, id));
  }

  @Test
  void whatIsInsertedIsFoundByItsHash() {
    String hash = newHash();
    ApiKey key = insert(hash, 7);
    assertEquals(7, key.perMinute());
    assertNull(key.revokedAt());
    assertEquals(Optional.of(new ApiKeyStore.Hashed(key, hash)), find(hash));
    assertNull(insert(newHash(), null).perMinute());
    assertEquals(Optional.empty(), find(newHash()));
  }

  @Test
  void aRevokedKeyIsNotFoundAndStaysListed() {
    String hash = newHash();
    long id = insert(hash, null).id();
    assertTrue(revoke(id));
    assertEquals(Optional.empty(), find(hash));
    ApiKey listed = listed(id);
    assertTrue(revoke(id), "revoking is idempotent");
    assertEquals(listed, listed(id), "and keeps the time of the first");
    assertFalse(revoke(Long.MAX_VALUE));
  }

  @Test
  void listsTheOldestFirst() {
    insert(newHash(), null);
    insert(newHash(), null);
    List<Long> ids = list().stream().map(ApiKey::id).toList();
    assertEquals(ids.stream().sorted().toList(), ids);
  }

  @Test
  void whatIsNoHashIsNotStored() {
    DatabaseException e =
        assertThrows(DatabaseException.class, () -> insert("lk_the_key_itself", null));
    assertTrue(StoreFixture.isSqlState(e, "23514"), e::toString);
  }

  private List<ApiKey> list() {
    return here.database.readPrimary(here.keys::list);
  }

  private ApiKey listed(long id) {
    return list().stream().filter(key -> key.id() == id).findFirst().orElseThrow();
  }
}
