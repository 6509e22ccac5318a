package ladder.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that can be made to fail, to hang and to fill up. */
final class FakeDisk implements JournalWriter.Sink {
  final List<byte[]> entries = new ArrayList<>();
  final AtomicInteger forces = new AtomicInteger();
  final CountDownLatch released = new CountDownLatch(1);
  final AtomicLong free = new AtomicLong(Long.MAX_VALUE);
  volatile boolean fails;
  volatile boolean hangs;
  volatile boolean breaks;

  @Override
  public void append(byte[] entry) {
    if (breaks) {
      throw new NoClassDefFoundError("broken");
    }
    entries.add(entry);
  }

  @Override
  public void force() throws IOException {
    if (hangs) {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    if (fails) {
      throw new IOException("input/output error");
    }
    forces.incrementAndGet();
  }

  @Override
  public long freeBytes() {
    return free.get();
  }
}
