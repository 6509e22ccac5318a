package ladder.cache;

import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ladder.cache.Cache.Found;
import org.junit.jupiter.api.Test;

class NoCacheTest implements CacheContract {
  private final NoCache cache = new NoCache();

  @Override
  public Cache cache() {
    return cache;
  }

  @Test
  void loadsEveryTime() {
    String key = newKey();
    CacheContract.write(cache, key, value(1));
    Found _ = get(key, loads(value(1)));
    Found _ = get(key, loads(value(1)));
    assertEquals(new Cache.Stats(0, 0, 0, 0, 0, 2), cache.stats());
  }
}
