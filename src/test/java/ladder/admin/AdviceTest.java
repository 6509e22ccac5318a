package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ladder.Rung;
import ladder.admin.Advice.Given;
import ladder.admin.Advice.Next;
import ladder.admin.MissingIndexes.Missing;
import ladder.measure.Bound;
import ladder.measure.Sample;
import ladder.measure.Sample.Backlog;
import ladder.measure.Sample.Cpu;
import ladder.measure.Sample.Memory;
import ladder.measure.Verdict;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static final long REQUESTS = 1_000;
  private static final Set<Rung> ALL = EnumSet.allOf(Rung.class);
  private static final Cpu OWN = new Cpu(2, 2, 1.8, 0.1, 0, 0, Map.of());
  private static final Missing INDEX = new Missing("t", "CREATE INDEX …", 3);

  private static Set<Rung> without(Rung rung) {
    return EnumSet.complementOf(EnumSet.of(rung));
  }

  private static Verdict verdict(Bound bound, long requests, Cpu cpu) {
    Sample sample =
        new Sample(10, requests, Map.of(), cpu, new Memory(0.3, 0.5, 1), new Backlog(0, 0, 0));
    return new Verdict(bound, 1, Instant.EPOCH, Map.of(), sample);
  }

  private static Traffic traffic(double reads, double hits, double denied, double caller) {
    long lookups = Math.round(reads * REQUESTS);
    return new Traffic(
        lookups,
        Math.round(hits * lookups),
        REQUESTS,
        Math.round(denied * REQUESTS),
        new Callers.Top("loud", caller),
        Duration.ZERO,
        0);
  }

  private static final Traffic WRITES = traffic(0, 0, 0, 1);

  private static Given given(Set<Rung> on, Bound bound, Traffic traffic, Missing... indexes) {
    return new Advice(on).on(verdict(bound, REQUESTS, OWN), traffic, List.of(indexes));
  }

  private static void assertGiven(Next rung, String word, Given given) {
    assertEquals(rung, given.rung(), given::sentence);
    assertTrue(given.sentence().contains(word), given::sentence);
  }

  @Test
  void saysWhenToStopClimbing() {
    assertGiven(Next.NONE, "sharding", given(ALL, Bound.IDLE, WRITES));
    assertGiven(
        Next.NONE,
        "put a load on it",
        new Advice(ALL).on(verdict(Bound.IDLE, 0, OWN), WRITES, List.of()));
  }

  @Test
  void busyProcessorsWantTheCacheWhileItMissesAndServersAfterwards() {
    assertGiven(Next.CACHE, "LADDER_CACHE_TTL", given(ALL, Bound.CPU, traffic(0.9, 0.1, 0, 1)));
    assertGiven(
        Next.CACHE,
        "turn the cache rung on",
        given(without(Rung.CACHE), Bound.CPU, traffic(0.9, 0, 0, 1)));
    assertGiven(Next.SERVERS, "add a node", given(ALL, Bound.CPU, traffic(0.9, 0.95, 0, 1)));
    assertGiven(Next.SERVERS, "add a node", given(ALL, Bound.CPU, WRITES));
  }

  @Test
  void processorsThatOthersUseAreNoRung() {
    Cpu cpu = new Cpu(2, 2, 0.3, 1.7, 0, 0, Map.of("ffmpeg", 1.5));
    assertGiven(
        Next.NONE,
        "ffmpeg",
        new Advice(ALL).on(verdict(Bound.CPU, REQUESTS, cpu), WRITES, List.of()));
  }

  @Test
  void aThrottledContainerWantsAHigherLimit() {
    Cpu cpu = new Cpu(8, 1, 0.9, 0, 0.4, 0, Map.of());
    assertGiven(
        Next.SERVERS,
        "limit",
        new Advice(ALL).on(verdict(Bound.CPU, REQUESTS, cpu), WRITES, List.of()));
  }

  @Test
  void oneKeyAmongOthersWantsALimitAndTheOnlyKeyDoesNot() {
    assertGiven(Next.LIMIT, "loud", given(ALL, Bound.CPU, traffic(0, 0, 0, 0.8)));
    assertGiven(
        Next.LIMIT,
        "turn the limit rung on",
        given(without(Rung.LIMIT), Bound.PRIMARY, traffic(0, 0, 0, 0.8)));
    assertGiven(Next.SERVERS, "node", given(ALL, Bound.CPU, traffic(0, 0, 0, 1)));
    assertGiven(Next.LIMIT, "over their limit", given(ALL, Bound.CPU, traffic(0, 0, 0.9, 1)));
  }

  @Test
  void aDatabaseWantsItsIndexFirstThenTheCacheThenMore() {
    Traffic missing = traffic(0.9, 0, 0, 1);
    assertGiven(Next.DATABASE, "CREATE INDEX", given(ALL, Bound.REPLICA, missing, INDEX));
    assertGiven(Next.CACHE, "cacheable", given(ALL, Bound.REPLICA, missing));
    assertGiven(Next.DATABASE, "slow statements", given(ALL, Bound.REPLICA, WRITES));
    assertGiven(
        Next.DATABASE,
        "turn the replica rung on",
        given(without(Rung.REPLICA), Bound.PRIMARY, WRITES));
  }

  @Test
  void aPoolWantsMoreConnectionsOrToBeTurnedOn() {
    assertGiven(Next.DATABASE, "LADDER_POOL_SIZE", given(ALL, Bound.PRIMARY_POOL, WRITES));
    assertGiven(Next.DATABASE, "LADDER_REPLICA_POOL_SIZE", given(ALL, Bound.REPLICA_POOL, WRITES));
    assertGiven(
        Next.DATABASE,
        "turn the pool rung on",
        given(without(Rung.POOL), Bound.PRIMARY_POOL, WRITES));
  }

  @Test
  void whatFollowsASignUpWantsTheBackground() {
    assertGiven(Next.BACKGROUND, "faster", given(ALL, Bound.JOURNAL, WRITES));
    assertGiven(
        Next.BACKGROUND,
        "turn the background rung on",
        given(without(Rung.BACKGROUND), Bound.DOWNSTREAM, WRITES));
    assertGiven(Next.BACKGROUND, "backlog", given(ALL, Bound.DOWNSTREAM, WRITES));
  }

  @Test
  void memoryWantsMoreHeap() {
    assertGiven(Next.SERVERS, "-Xmx", given(ALL, Bound.MEMORY, WRITES));
  }

  @Test
  void aBorderlineHitRatioDoesNotChangeTheAdviceToAndFro() {
    Advice advice = new Advice(ALL);
    Verdict busy = verdict(Bound.CPU, REQUESTS, OWN);
    assertEquals(Next.CACHE, advice.on(busy, traffic(0.9, 0.45, 0, 1), List.of()).rung());
    assertEquals(Next.CACHE, advice.on(busy, traffic(0.9, 0.55, 0, 1), List.of()).rung());
    assertEquals(Next.SERVERS, advice.on(busy, traffic(0.9, 0.65, 0, 1), List.of()).rung());
    assertEquals(Next.SERVERS, advice.on(busy, traffic(0.9, 0.55, 0, 1), List.of()).rung());
  }
}
