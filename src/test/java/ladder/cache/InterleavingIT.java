package ladder.cache;

import static ladder.cache.CacheContract.value;
import static ladder.cache.CacheContract.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Optional;
import java.util.concurrent.Future;
import ladder.cache.Cache.Found;
import ladder.harness.Await;
import ladder.redis.Mark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers and writers of one key on two nodes, their steps in an order set by hand. */
class InterleavingIT {
  private final TwoNodes nodes = new TwoNodes();

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void aReaderWhoLoadedBeforeAWriteStoresNothingAfterIt() throws Exception {
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> reader = nodes.begin(nodes.one, slow);
    write(nodes.two, nodes.key, value(2));
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), reader.get().value(), "it began before the write was answered");
    assertArrayEquals(value(2), nodes.read(nodes.one, 2));
    assertArrayEquals(value(2), nodes.read(nodes.two, 2));
  }

  @Test
  void neitherWhenTheWritersValueIsEvictedMeanwhile() throws Exception {
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> reader = nodes.begin(nodes.one, slow);
    write(nodes.two, nodes.key, value(2));
    nodes.evict();
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertArrayEquals(value(2), nodes.read(nodes.two, 2));
  }

  @Test
  void neitherWhenItReadWhileTheWriteWasUnderWayAndTheMarkWasEvicted() throws Exception {
    Mark mark = nodes.two.change(nodes.key, value(2)).orElseThrow();
    mark.placed().await();
    nodes.evict();
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> reader = nodes.begin(nodes.one, slow);
    mark.settling().apply(0).await(); // the write has committed, and is answered
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertArrayEquals(value(2), nodes.read(nodes.one, 2));
  }

  @Test
  void whatWasStoredWhileTheWriteWasUnderWayAndTheMarkEvictedGoesBeforeTheAnswer() {
    Mark mark = nodes.two.change(nodes.key, value(2)).orElseThrow();
    mark.placed().await();
    nodes.evict();
    assertArrayEquals(value(1), nodes.read(nodes.one, 1), "it has not committed yet");
    mark.settling().apply(0).await();
    assertArrayEquals(value(2), nodes.read(nodes.one, 2));
  }

  @Test
  void whileAWriteIsUnderWayEveryReadLoadsAndStoresNothing() {
    write(nodes.one, nodes.key, value(1));
    Mark mark = nodes.two.change(nodes.key, value(2)).orElseThrow();
    mark.placed().await();
    assertArrayEquals(value(1), nodes.read(nodes.one, 1));
    assertArrayEquals(
        value(2), nodes.read(nodes.one, 2), "it has committed, and nobody said so yet");
    mark.settling().apply(0).await();
    assertArrayEquals(value(2), nodes.read(nodes.one, 3), "a hit");
  }

  @Test
  void aCommitWhoseOutcomeIsUnknownLeavesNothingToServe() {
    write(nodes.one, nodes.key, value(1));
    Mark mark = nodes.two.change(nodes.key, value(2)).orElseThrow();
    mark.placed().await(); // and neither settled nor withdrawn
    assertArrayEquals(value(1), nodes.read(nodes.one, 1));
    assertArrayEquals(value(2), nodes.read(nodes.two, 2));
    assertArrayEquals(value(2), nodes.read(nodes.one, 2));
  }

  @Test
  void aWriteThatRollsBackLeavesTheKeyToTheNextReader() {
    write(nodes.one, nodes.key, value(1));
    Mark mark = nodes.two.change(nodes.key, value(2)).orElseThrow();
    mark.placed().await();
    mark.withdrawing().run();
    Await.until("the mark goes", TwoNodes.PATIENCE, () -> !nodes.isHeld());
    assertArrayEquals(value(1), nodes.read(nodes.one, 1));
    assertArrayEquals(value(1), nodes.read(nodes.two, 9), "a hit");
  }

  @Test
  void ofTwoWritesTheFirstThatSettlesLateChangesNothing() {
    Mark first = nodes.one.change(nodes.key, value(2)).orElseThrow();
    first.placed().await();
    write(nodes.two, nodes.key, value(3));
    first.settling().apply(0).await();
    assertArrayEquals(value(3), nodes.read(nodes.one, 3));
    Mark third = nodes.one.change(nodes.key, value(4)).orElseThrow();
    third.placed().await();
    Mark fourth = nodes.two.change(nodes.key, value(5)).orElseThrow(); // the third has committed
    fourth.placed().await();
    third.settling().apply(0).await();
    assertArrayEquals(value(5), nodes.read(nodes.one, 5), "the fourth is still under way");
    fourth.settling().apply(0).await();
    assertArrayEquals(value(5), nodes.read(nodes.one, 9), "a hit");
  }

  @Test
  void aDeletionIsFinal() throws Exception {
    write(nodes.one, nodes.key, value(1));
    nodes.evict();
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> reader = nodes.begin(nodes.one, slow);
    write(nodes.two, nodes.key, null);
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertNull(nodes.one.lookUp(nodes.key).orLoad(Optional::empty).value());
  }
}
