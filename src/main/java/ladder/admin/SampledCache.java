package ladder.admin;

import ladder.cache.Cache;

/** A cache of whose reads and writes a sample is taken, for the estimate of other times to live. */
public record SampledCache(Cache cache, TimesToLive sample) implements Cache {
  @Override
  public Lookup lookUp(String key) {
    sample.read(key);
    return cache.lookUp(key);
  }

  @Override
  public void put(String key, byte[] value) {
    sample.written(key);
    cache.put(key, value);
  }

  @Override
  public void remove(String key) {
    cache.remove(key);
  }

  @Override
  public Stats stats() {
    return cache.stats();
  }
}
