package ladder.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import ladder.cache.NoCache;
import ladder.db.Database;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.FakeClock;
import ladder.harness.TestServers;
import ladder.keys.ApiKeys.Check;
import ladder.keys.ApiKeys.Check.Found;
import ladder.keys.ApiKeys.Check.TooMany;
import ladder.keys.ApiKeys.Check.Unknown;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts the queries that keys cost. Time stands still unless a test moves it. */
class ApiKeysIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration TRUST = Duration.ofSeconds(5);
  private static final String CLIENT = "192.0.2.1";

  private final FakeClock clock = new FakeClock();
  private final Redis redis = RedisFixture.connect(Duration.ofSeconds(5));
  private final Database database = Databases.database(Databases.OPTIONS, redis, clock);
  private final ApiKeys keys = new ApiKeys(database, new NoCache(), TRUST, clock);
  private final ApiKeys elsewhere = new ApiKeys(database, new NoCache(), TRUST, clock);

  @BeforeEach
  void awaitReplica() {
    Databases.awaitReads(database);
  }

  @AfterEach
  void close() {
    database.close();
    redis.close();
  }

  private Check find(String secret) {
    return keys.find(secret, () -> CLIENT);
  }

  private static String random(int n) {
    return ApiKeys.PREFIX + "%040x".formatted(n);
  }

  private long queries() {
    return database.stats().primaryQueries() + database.stats().replicaQueries();
  }

  @Test
  void aKnownKeyCostsNoQueryWhileItIsTrusted() {
    ApiKeys.Created created = keys.create("app", null);
    assertEquals(new Found(created.key()), find(created.secret()));
    long before = queries();
    for (int i = 0; i < 100; i++) {
      assertEquals(new Found(created.key()), find(created.secret()));
    }
    assertEquals(before, queries());
    clock.advance(TRUST);
    assertEquals(new Found(created.key()), find(created.secret()));
    assertTrue(queries() > before);
  }

  @Test
  void aKeyThatIsRevokedCostsWhatOneThatNeverWasDoes() {
    ApiKeys.Created created = elsewhere.create("app", null);
    assertTrue(elsewhere.revoke(created.key().id()));
    clock.advance(Duration.ofSeconds(3));
    Databases.awaitReads(database);
    long before = queries();
    assertEquals(new Unknown(), find(random(1)));
    long never = queries() - before;
    assertEquals(2, never, "one query to either server");
    // Until the replica has seen it come and go it costs the primary's answer alone.
    Await.until(
        "the cost of a key that never was",
        PATIENCE,
        () -> {
          clock.advance(KnownKeys.MISS_TRUST);
          Databases.awaitReads(database);
          long asked = queries();
          assertEquals(new Unknown(), find(created.secret()));
          return queries() - asked == never;
        });
    before = queries();
    assertEquals(new Unknown(), find("lk_of another form"));
    assertEquals(before, queries());
  }

  private static boolean replicated(ApiKeys.Created created) {
    try {
      return "1"
          .equals(
              Connect.query(
                  TestServers.shared().replicaUrl(),
                  "SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL AND id = "
                      + created.key().id()));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pastTheBoundAWrongKeyCostsNoQueryAndAKnownGoodOneWorks() {
    ApiKeys.Created known = keys.create("app", null);
    assertInstanceOf(Found.class, find(known.secret()));
    ApiKeys.Created fresh = keys.create("app", null);
    for (int i = 0; i < WrongKeys.BURST; i++) {
      assertEquals(new Unknown(), find(random(1_000 + i)));
    }
    long before = queries();
    for (int i = 0; i < 1_000; i++) {
      assertInstanceOf(TooMany.class, find(random(2_000 + i)));
    }
    assertInstanceOf(TooMany.class, find(fresh.secret()), "it would cost a query to find out");
    assertEquals(new Found(known.key()), find(known.secret()));
    assertEquals(before, queries());
    clock.advance(WrongKeys.REFILL);
    assertEquals(new Found(fresh.key()), find(fresh.secret()));
  }

  @Test
  void aRevokedKeyStopsHereAtOnceAndElsewhereWhenItsTrustIsOver() {
    ApiKeys.Created created = keys.create("app", null);
    String secret = created.secret();
    assertTrue(keys.works(secret));
    assertTrue(elsewhere.works(secret));
    assertTrue(keys.revoke(created.key().id()));
    assertTrue(keys.revoke(created.key().id()), "revoking is idempotent");
    assertEquals(new Unknown(), find(secret));
    clock.advance(TRUST.minusNanos(1));
    assertTrue(elsewhere.works(secret), "elsewhere it is trusted");
    Await.until("the revocation to be replicated", PATIENCE, () -> replicated(created));
    clock.advance(Duration.ofNanos(1));
    assertFalse(elsewhere.works(secret));
    assertFalse(keys.revoke(Long.MAX_VALUE));
  }
}
