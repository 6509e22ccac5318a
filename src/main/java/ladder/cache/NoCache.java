package ladder.cache;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;

/** The rung turned off: every read loads. */
public final class NoCache implements Cache {
  private final LongAdder loads = new LongAdder();

  @Override
  public Lookup lookUp(String key) {
    return load -> {
      loads.increment();
      return new Found(Result.MISS, load.get().orElse(null));
    };
  }

  @Override
  public Optional<Mark> change(String key, byte @Nullable [] value) {
    return Optional.empty();
  }

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0, 0, 0, loads.sum());
  }
}
