package ladder.limit;

import java.util.Optional;

/** The rung turned off. */
public final class NoLimit implements Limiter {
  @Override
  public Question ask(String client, Quota quota) {
    return Optional::empty;
  }

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0);
  }
}
