package ladder.limit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The rung turned off. */
public final class NoLimit implements Limiter {
  @Override
  public CompletableFuture<@Nullable List<Long>> begin(String key, Quota quota) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Optional<Decision> decide(
      String key, Quota quota, CompletableFuture<@Nullable List<Long>> begun) {
    return Optional.empty();
  }

  @Override
  public Stats stats() {
    return new Stats(0, 0, 0);
  }
}
