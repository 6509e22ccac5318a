package ladder.time;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import ladder.failure.UnavailableException;

/**
 * Natural batching: what is submitted while calls are under way gathers, and the next call takes
 * all of it. What comes alone is called for at once; under load one call serves many, so that the
 * cost of each falls as the load rises. Calls run on virtual threads of their own.
 *
 * <pre>
 *   submit ──▶ gathers ──▶ a call for all, sizeMax at most ──▶ each submitter has its own result
 *                             callsMax of them at a time
 * </pre>
 *
 * <p>That something is unavailable is for all of a call. When it fails for another reason, each is
 * called for alone, so that only the one at fault fails. Thread-safe.
 *
 * @param <I> what is submitted
 * @param <O> what comes of it
 */
public final class Batches<I, O> {
  private record Pending<I, O>(I item, CompletableFuture<O> result) {}

  private final String what;
  private final int callsMax;
  private final int sizeMax;
  private final Duration waitMax;
  private final Function<List<I>, List<O>> call;

  /** Guarded by itself, and so is {@link #calls}; as long as there are submitters that wait. */
  private final ArrayDeque<Pending<I, O>> gathered = new ArrayDeque<>();

  private int calls;

  /**
   * @param what is called for, for the sentence of a refusal
   * @param waitMax how long a submitter waits; more than a call takes at worst
   * @param call answers with a result for each item, in their order; without effects when it throws
   */
  public Batches(
      String what, int callsMax, int sizeMax, Duration waitMax, Function<List<I>, List<O>> call) {
    this.what = what;
    this.callsMax = callsMax;
    this.sizeMax = sizeMax;
    this.waitMax = waitMax;
    this.call = call;
  }

  /**
   * Waits for the result of a call that this item is a part of. A call that is under way when the
   * wait ends goes on.
   *
   * @throws UnavailableException when the call throws it or takes too long, or the caller is
   *     interrupted
   */
  public O submit(I item) {
    Pending<I, O> own = new Pending<>(item, new CompletableFuture<>());
    synchronized (gathered) {
      gathered.add(own);
      if (calls < callsMax) {
        calls++;
        Thread _ = Thread.ofVirtual().name(what).start(this::callUntilNoneGather);
      }
    }
    try {
      return own.result.get(waitMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw SingleFlight.unwrapped(e);
    } catch (TimeoutException e) {
      own.result.cancel(false);
      throw new UnavailableException(what + " takes too long", e);
    } catch (InterruptedException e) {
      own.result.cancel(false);
      Thread.currentThread().interrupt();
      throw new UnavailableException("the node is about to stop", e);
    }
  }

  /** How many wait for a call that has not begun. */
  int gathered() {
    synchronized (gathered) {
      return gathered.size();
    }
  }

  private void callUntilNoneGather() {
    for (var batch = next(); !batch.isEmpty(); batch = next()) {
      callFor(batch);
    }
  }

  /** Without those that nobody waits for any more; empty when this thread is to end. */
  private List<Pending<I, O>> next() {
    synchronized (gathered) {
      List<Pending<I, O>> batch = new ArrayList<>();
      while (batch.size() < sizeMax && !gathered.isEmpty()) {
        Pending<I, O> pending = gathered.remove();
        if (!pending.result.isDone()) {
          batch.add(pending);
        }
      }
      if (batch.isEmpty()) {
        calls--;
      }
      return batch;
    }
  }

  private void callFor(List<Pending<I, O>> batch) {
    try {
      List<O> results = call.apply(batch.stream().map(Pending::item).toList());
      for (int i = 0; i < batch.size(); i++) {
        boolean _ = batch.get(i).result.complete(results.get(i));
      }
    } catch (Throwable e) { // an Error must not leave them waiting
      if (batch.size() > 1
          && e instanceof RuntimeException
          && !(e instanceof UnavailableException)) {
        batch.forEach(one -> callFor(List.of(one)));
      } else {
        batch.forEach(one -> one.result.completeExceptionally(e));
      }
    }
  }
}
