package ladder.admin;

import java.util.Optional;
import ladder.cache.Cache;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;

/** A cache of whose reads and writes a sample is taken, for the estimate of other times to live. */
public record SampledCache(Cache cache, TimesToLive sample) implements Cache {
  @Override
  public Lookup lookUp(String key) {
    sample.read(key);
    return cache.lookUp(key);
  }

  @Override
  public Optional<Mark> change(String key, byte @Nullable [] value) {
    sample.written(key);
    return cache.change(key, value);
  }

  @Override
  public Stats stats() {
    return cache.stats();
  }
}
