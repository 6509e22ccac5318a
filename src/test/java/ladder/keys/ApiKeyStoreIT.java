package ladder.keys;

import static ladder.store.StoreFixture.newHash;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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
    return here.database.write(tx -> here.keys.insert(tx, "app", perMinute, hash));
  }

  private Optional<ApiKey> find(String hash) {
    return here.database.readPrimary(tx -> here.keys.findByHash(tx, hash));
  }

  private Optional<String> revoke(long id) {
    return here.database.write(tx -> here.keys.revoke(tx, id));
  }

  @Test
  void whatIsInsertedIsFoundByItsHash() {
    String hash = newHash();
    ApiKey key = insert(hash, 7);
    assertEquals(7, key.perMinute());
    assertNull(key.revokedAt());
    assertEquals(Optional.of(key), find(hash));
    assertNull(insert(newHash(), null).perMinute());
    assertEquals(Optional.empty(), find(newHash()));
  }

  @Test
  void aRevokedKeyIsNotFoundAndStaysListed() {
    String hash = newHash();
    long id = insert(hash, null).id();
    assertEquals(Optional.of(hash), revoke(id));
    assertEquals(Optional.empty(), find(hash));
    ApiKey listed = listed(id);
    assertEquals(Optional.of(hash), revoke(id), "revoking is idempotent");
    assertEquals(listed, listed(id), "and keeps the time of the first");
    assertEquals(Optional.empty(), revoke(Long.MAX_VALUE));
  }

  @Test
  void listsTheNewestFirstPageByPage() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.addFirst(insert(newHash(), null).id());
    }
    List<Long> first = list(2, Long.MAX_VALUE).stream().map(ApiKey::id).toList();
    List<Long> second = list(3, ids.get(1)).stream().map(ApiKey::id).toList();
    assertEquals(ids.subList(0, 2), first);
    assertEquals(ids.subList(2, 5), second);
  }

  @Test
  void whatIsNoHashIsNotStored() {
    DatabaseException e =
        assertThrows(DatabaseException.class, () -> insert("lk_the_key_itself", null));
    assertTrue(StoreFixture.isSqlState(e, "23514"), e::toString);
  }

  private List<ApiKey> list(int limit, long beforeId) {
    return here.database.readPrimary(tx -> here.keys.list(tx, limit, beforeId));
  }

  private ApiKey listed(long id) {
    return list(1, id + 1).getFirst();
  }
}
