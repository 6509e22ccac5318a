package ladder.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import ladder.failure.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a command that was sent, or will be with the next batch. Every reply ends: with what
 * Redis answered, or with an {@link UnavailableException} when Redis is away, silent or refuses
 * ({@link Pipeline} has the bounds), so that waiting for it needs no timer. Thread-safe.
 */
public final class Reply<T extends @Nullable Object> {
  private final CompletableFuture<T> outcome = new CompletableFuture<>();

  Reply() {}

  /** One that has ended so. */
  public static <T extends @Nullable Object> Reply<T> failed(UnavailableException cause) {
    Reply<T> reply = new Reply<>();
    reply.fail(cause);
    return reply;
  }

  /**
   * Waits for it.
   *
   * @throws UnavailableException when there is none, or when the caller is interrupted
   */
  public T await() {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UnavailableException unavailable
          ? unavailable
          : new UnavailableException("Redis does not answer", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for Redis", e);
    }
  }

  /** Whether {@link #await} would return at once. */
  public boolean isDone() {
    return outcome.isDone();
  }

  void complete(T value) {
    outcome.complete(value);
  }

  void fail(Throwable cause) {
    outcome.completeExceptionally(cause);
  }
}
