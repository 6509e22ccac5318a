package ladder.journal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes the drainers when there is something new. A count, not a flag: whoever read the count
 * before looking cannot miss a ring that came while it looked. Thread-safe.
 */
final class Bell {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();
  private long count;

  void ring() {
    lock.lock();
    try {
      count++;
      rung.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Returns when the count is no longer {@code seen}, or after {@code waitNanos}. */
  void await(long seen, long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = waitNanos;
      while (count == seen && left > 0) {
        left = rung.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
