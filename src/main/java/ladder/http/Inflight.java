package ladder.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests being handled, and refuses those over the bound. Thread-safe. */
final class Inflight {
  private final int max;
  private final AtomicInteger handled = new AtomicInteger();
  private final LongAdder shed = new LongAdder();

  Inflight(int max) {
    this.max = max;
  }

  /** Takes a place; whoever gets one must {@link #leave}. */
  boolean enter() {
    if (handled.incrementAndGet() <= max) {
      return true;
    }
    handled.decrementAndGet();
    shed.increment();
    return false;
  }

  void leave() {
    handled.decrementAndGet();
  }

  int handled() {
    return handled.get();
  }

  long shed() {
    return shed.sum();
  }
}
