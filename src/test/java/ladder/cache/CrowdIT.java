package ladder.cache;

import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.value;
import static ladder.cache.CacheContract.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Result;
import ladder.harness.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many readers of one key on two nodes: how many loads they make, and what those who share one get.
 */
class CrowdIT {
  private static final int CROWD = 1_000;

  private final TwoNodes nodes = new TwoNodes();

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void whoJoinsALoadAfterAWriteWasAnsweredDoesNotGetWhatItReadBefore() throws Exception {
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> first = nodes.begin(nodes.one, slow);
    write(nodes.two, nodes.key, value(2));
    nodes.evict();
    Future<Found> second =
        nodes.threads.submit(() -> nodes.one.lookUp(nodes.key).orLoad(loads(value(2))));
    Await.until("the second has missed", TwoNodes.PATIENCE, () -> nodes.one.stats().misses() == 2);
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), first.get().value());
    assertArrayEquals(value(2), second.get().value());
  }

  @Test
  void aCrowdOnTwoNodesLoadsOnce() throws Exception {
    TwoNodes.Held slow = nodes.new Held(1);
    Future<Found> first = nodes.begin(nodes.one, slow);
    List<Future<Found>> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Cache node = i % 2 == 0 ? nodes.one : nodes.two;
      crowd.add(nodes.threads.submit(() -> node.lookUp(nodes.key).orLoad(nodes.new Held(1))));
    }
    Await.until(
        "all have missed",
        TwoNodes.PATIENCE,
        () -> nodes.one.stats().misses() + nodes.two.stats().misses() == CROWD + 1);
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), first.get().value());
    for (Future<Found> read : crowd) {
      assertArrayEquals(value(1), read.get().value());
    }
    assertEquals(1, nodes.loads.get());
  }

  @Test
  void aLoaderOnAnotherNodeThatHangsIsNotWaitedForLong() throws Exception {
    TwoNodes.Held hangs = nodes.new Held(1);
    Future<Found> first = nodes.begin(nodes.one, hangs);
    CacheAside hurried = nodes.hurried();
    assertArrayEquals(value(1), nodes.read(hurried, 1), "it has loaded itself");
    hangs.mayReturn.countDown();
    Found _ = first.get();
  }

  @Test
  void aLoaderThatFailsLetsTheOthersLoad() {
    IllegalStateException thrown = new IllegalStateException("the loader dies");
    assertThrows(
        IllegalStateException.class,
        () ->
            nodes
                .one
                .lookUp(nodes.key)
                .orLoad(
                    () -> {
                      throw thrown;
                    }));
    assertArrayEquals(value(1), nodes.read(nodes.two, 1));
    assertArrayEquals(value(1), nodes.read(nodes.one, 9), "a hit");
  }

  @Test
  void aValueAboutToExpireIsRenewedByOneReaderInTheBackgroundOfTheOthers() {
    write(nodes.one, nodes.key, value(1));
    nodes.clock.advance(TwoNodes.TIME_TO_LIVE);
    TwoNodes.Held renewal = nodes.new Held(2);
    for (int i = 0; i < CROWD; i++) {
      Cache node = i % 2 == 0 ? nodes.one : nodes.two;
      Found found = node.lookUp(nodes.key).orLoad(renewal);
      assertEquals(Result.HIT, found.result());
      assertArrayEquals(value(1), found.value());
    }
    TwoNodes.await(renewal.read);
    renewal.mayReturn.countDown();
    Await.until(
        "the renewed value",
        TwoNodes.PATIENCE,
        () -> Arrays.equals(value(2), nodes.read(nodes.two, 9)));
    assertEquals(1, nodes.loads.get());
  }

  @Test
  void aRenewalThatReadBeforeAWriteStoresNothingAfterIt() throws Exception {
    write(nodes.one, nodes.key, value(1));
    nodes.clock.advance(TwoNodes.TIME_TO_LIVE);
    TwoNodes.Held renewal = nodes.new Held(1);
    Found found = nodes.one.lookUp(nodes.key).orLoad(renewal);
    assertEquals(Result.HIT, found.result());
    TwoNodes.await(renewal.read);
    write(nodes.two, nodes.key, value(2));
    renewal.mayReturn.countDown();
    Await.until("the renewal has ended", TwoNodes.PATIENCE, () -> nodes.one.stats().loads() == 1);
    assertArrayEquals(value(2), nodes.read(nodes.two, 9), "a hit");
    assertArrayEquals(value(2), nodes.read(nodes.one, 9), "a hit");
    assertEquals(1, nodes.loads.get());
  }
}
