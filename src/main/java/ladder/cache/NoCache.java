package ladder.cache;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;

/** The rung turned off: every read loads. */
public final class NoCache implements Cache {
  private static final Mark NOTHING =
      new Mark() {
        @Override
        public List<String> keys() {
          return List.of();
        }

        @Override
        public void await() {}

        @Override
        public void settle(long position) {}

        @Override
        public void withdraw() {}
      };

  private final LongAdder loads = new LongAdder();

  @Override
  public Lookup lookUp(String key) {
    return load -> {
      loads.increment();
      return new Found(Result.MISS, load.get().orElse(null));
    };
  }

  @Override
  public Mark change(String key, byte @Nullable [] value) {
    return NOTHING;
  }

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0, 0, 0, loads.sum());
  }
}
