package ladder.cache;

import java.util.concurrent.atomic.LongAdder;

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
  public void put(String key, byte[] value) {}

  @Override
  public void remove(String key) {}

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0, 0, loads.sum());
  }
}
