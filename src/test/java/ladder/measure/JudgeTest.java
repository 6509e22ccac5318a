package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import ladder.harness.FakeClock;
import ladder.measure.Sample.Backlog;
import ladder.measure.Sample.Cpu;
import ladder.measure.Sample.Memory;
import ladder.measure.Sample.Spent;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final int SECONDS = 10;
  private static final double CORES = 4;
  private static final double PROMPT = 0.0002;
  private static final double LATE = 0.004;

  private final FakeClock clock = new FakeClock();
  private final Judge judge = new Judge(10, 10, clock);

  /** Ten seconds of a node that is fine; each step changes what it names. */
  private static final class Load {
    final Map<Phase, Spent> time = new EnumMap<>(Phase.class);
    final long requests;
    Cpu cpu = new Cpu(CORES, CORES, 0.5, 0.2, 0, PROMPT, Map.of());
    Memory memory = new Memory(0.01, 0.2, 1e8);
    Backlog backlog = new Backlog(0, 0, 0);

    Load(int perSecond) {
      requests = (long) perSecond * SECONDS;
      if (requests > 0) {
        with(Phase.AUTH, 0.00001).with(Phase.LIMIT, 0.0003).with(Phase.CACHE, 0.0003);
        with(Phase.REST, 0.0003);
      }
    }

    Load with(Phase phase, double meanSeconds) {
      time.put(phase, new Spent(requests, requests * meanSeconds));
      return this;
    }

    Load cpu(double own, double others, double delaySeconds) {
      cpu = new Cpu(CORES, CORES, own, others, 0, delaySeconds, Map.of());
      return this;
    }

    Load neighbour(String name, double cores) {
      cpu =
          new Cpu(
              CORES, CORES, cpu.own(), cpu.others(), 0, cpu.delaySeconds(), Map.of(name, cores));
      return this;
    }

    Load throttled(double share) {
      cpu = new Cpu(CORES, 1, 0.6, 0.1, share, LATE, Map.of());
      return this;
    }

    Load memory(double gcShare, double liveShare) {
      memory = new Memory(gcShare, liveShare, 1e9);
      return this;
    }

    Load backlog(long entries, double growth, long refused) {
      backlog = new Backlog(entries, growth, refused);
      return this;
    }

    Sample sample() {
      return new Sample(SECONDS, requests, time, cpu, memory, backlog);
    }
  }

  private static Load load(int perSecond) {
    return new Load(perSecond);
  }

  /** The verdict when a load goes on for a while. */
  private Verdict verdict(Load load) {
    Verdict last = null;
    for (int i = 0; i < SECONDS; i++) {
      clock.advance(Duration.ofSeconds(1));
      last = judge.judge(load.sample());
    }
    return last;
  }

  private void assertBound(Bound bound, Load load) {
    Verdict verdict = verdict(load);
    assertEquals(bound, verdict.bound(), () -> verdict.pressures().toString());
    assertTrue(verdict.confidence() > 0.4, () -> "sure by " + verdict.confidence());
  }

  @Test
  void nothingAskedIsIdle() {
    assertBound(Bound.IDLE, load(0));
  }

  @Test
  void aLoadFarFromEveryBoundIsIdle() {
    assertBound(Bound.IDLE, load(500).with(Phase.REPLICA, 0.002));
  }

  @Test
  void ourOwnWorkBindsToTheProcessors() {
    assertBound(Bound.CPU, load(20_000).cpu(3.8, 0.1, LATE));
  }

  @Test
  void othersOnTheMachineBindToTheProcessorsWhenTheyMakeUsWait() {
    assertBound(Bound.CPU, load(200).cpu(0.3, 3.7, LATE));
    assertBound(Bound.IDLE, load(200).cpu(0.3, 3.7, PROMPT));
  }

  @Test
  void othersOnTheMachineDoNotMatterToANodeThatNobodyAsks() {
    assertBound(Bound.IDLE, load(0).cpu(0, 4, LATE));
  }

  @Test
  void aLimitThatStopsTheProcessBindsToTheProcessors() {
    assertBound(Bound.CPU, load(500).throttled(0.3));
  }

  @Test
  void aBusyProcessorExplainsLongerWaits() {
    assertBound(
        Bound.CPU, load(10_000).cpu(3.6, 0.4, LATE).with(Phase.CACHE, 0.008).with(Phase.LIMIT, 0));
  }

  @Test
  void aBusyMachineIsNotBlamedForWaitsThatItDoesNotMake() {
    assertBound(Bound.REDIS, load(100).cpu(0.2, 3.8, LATE).with(Phase.CACHE, 0.08));
  }

  @Test
  void aDatabaseThatUsesUpTheMachineIsTheBoundAndNotTheProcessors() {
    assertBound(
        Bound.REPLICA,
        load(1_000).cpu(0.5, 3.5, LATE).neighbour("postgres", 3).with(Phase.REPLICA, 0.02));
    assertBound(
        Bound.CPU,
        load(1_000).cpu(0.5, 3.5, LATE).neighbour("stress", 3).with(Phase.REPLICA, 0.02));
  }

  @Test
  void collectionsBindToTheMemoryThoughTheyUseTheProcessors() {
    assertBound(Bound.MEMORY, load(5_000).cpu(3.9, 0, LATE).memory(0.4, 0.7));
    assertBound(Bound.IDLE, load(500).memory(0.05, 0.5));
    assertBound(Bound.MEMORY, load(500).memory(0.05, 0.95));
  }

  @Test
  void slowStatementsBindToTheirServer() {
    assertBound(Bound.PRIMARY, load(20).with(Phase.PRIMARY, 0.3));
    assertBound(Bound.REPLICA, load(20).with(Phase.REPLICA, 0.3));
  }

  @Test
  void waitsForAPoolBindToItWhenItsStatementsAreQuick() {
    assertBound(
        Bound.PRIMARY_POOL, load(500).with(Phase.PRIMARY, 0.01).with(Phase.PRIMARY_POOL, 0.06));
    assertBound(
        Bound.REPLICA_POOL, load(500).with(Phase.REPLICA, 0.01).with(Phase.REPLICA_POOL, 0.06));
  }

  @Test
  void waitsForAPoolBindToTheServerWhenStatementsAreSlow() {
    assertBound(Bound.PRIMARY, load(30).with(Phase.PRIMARY, 0.3).with(Phase.PRIMARY_POOL, 0.9));
  }

  @Test
  void waitsForAVerySmallPoolBindToItAlsoWhenStatementsAreSlow() {
    Judge small = new Judge(2, 2, clock);
    Verdict verdict = null;
    for (int i = 0; i < Judge.SETTLE; i++) {
      verdict =
          small.judge(load(6).with(Phase.PRIMARY, 0.3).with(Phase.PRIMARY_POOL, 0.9).sample());
    }
    assertEquals(Bound.PRIMARY_POOL, verdict.bound());
  }

  @Test
  void aDistantRedisBindsToRedis() {
    assertBound(Bound.REDIS, load(300).with(Phase.LIMIT, 0.03).with(Phase.CACHE, 0.03));
  }

  @Test
  void theJournalsDiskBindsToItThoughItsConnectionsAreHeldMeanwhile() {
    assertBound(
        Bound.JOURNAL,
        load(60)
            .with(Phase.PRIMARY, 0.003)
            .with(Phase.PRIMARY_POOL, 0.3)
            .with(Phase.JOURNAL, 0.15));
    assertBound(Bound.JOURNAL, load(100).backlog(0, 0, 900));
  }

  @Test
  void receiversBindToTheDownstream() {
    assertBound(Bound.DOWNSTREAM, load(20).with(Phase.DOWNSTREAM, 0.4));
    assertBound(Bound.DOWNSTREAM, load(100).backlog(5_000, 50, 0));
    assertBound(Bound.IDLE, load(100).backlog(5_000, -50, 0));
  }

  @Test
  void ofTwoThatAreSlowTheOneThatCostsMoreIsTheBound() {
    assertBound(Bound.PRIMARY, load(40).with(Phase.PRIMARY, 0.15).with(Phase.CACHE, 0.03));
  }

  @Test
  void aVerdictSettlesBeforeItChanges() {
    Instant idleSince = verdict(load(0)).since();
    Load slow = load(20).with(Phase.PRIMARY, 0.3);
    for (int i = 1; i < Judge.SETTLE; i++) {
      assertEquals(Bound.IDLE, judge.judge(slow.sample()).bound());
      assertEquals(Bound.IDLE, judge.judge(load(0).sample()).bound());
    }
    for (int i = 1; i < Judge.SETTLE; i++) {
      assertEquals(idleSince, judge.judge(slow.sample()).since());
    }
    Verdict verdict = judge.judge(slow.sample());
    assertEquals(Bound.PRIMARY, verdict.bound());
    assertEquals(clock.now(), verdict.since());
    assertEquals(verdict.since(), verdict(slow).since());
  }

  /** How often the verdict changes in five minutes. */
  private int changes(IntFunction<Load> loads) {
    List<Bound> verdicts = new ArrayList<>();
    for (int second = 0; second < 300; second++) {
      clock.advance(Duration.ofSeconds(1));
      Bound bound = judge.judge(loads.apply(second).sample()).bound();
      if (verdicts.isEmpty() || verdicts.getLast() != bound) {
        verdicts.add(bound);
      }
    }
    return verdicts.size() - 1;
  }

  /** Up and down by a tenth, in a pattern without a short period. */
  private static double wave(int second) {
    return 1 + 0.1 * Math.sin(second * 0.7) * Math.cos(second * 0.13);
  }

  @Test
  void aBorderlineLoadDoesNotFlip() {
    assertTrue(changes(s -> load(3_000).cpu(3.4 * wave(s), 0, LATE)) <= 1, "processors");
    assertTrue(changes(s -> load(20).with(Phase.PRIMARY, 0.05 * wave(s))) <= 1, "primary");
    assertTrue(changes(s -> load(500).memory(0.15 * wave(s), 0.5)) <= 2, "memory");
  }

  @Test
  void aMixedLoadDoesNotFlip() {
    int changes =
        changes(
            s ->
                load(50)
                    .with(Phase.PRIMARY, 0.1 * wave(s))
                    .with(Phase.REPLICA, 0.1 * wave(s + 5))
                    .with(Phase.CACHE, 0.1 * wave(s + 11)));
    assertEquals(1, changes, "from idle to one of the three");
  }

  @Test
  void aPoolWithStatementsOfBorderlineLengthDoesNotFlip() {
    int changes =
        changes(s -> load(100).with(Phase.PRIMARY, 0.05 * wave(s)).with(Phase.PRIMARY_POOL, 0.3));
    assertTrue(changes <= 2, "changes: " + changes);
  }

  @Test
  void aServerOnTheSameMachineDoesNotFlipWithTheProcessors() {
    int changes =
        changes(
            s ->
                load(1_000)
                    .cpu(1.9, 2.1, LATE)
                    .neighbour("postgres", 2 * wave(s))
                    .with(Phase.REPLICA, 0.02));
    assertTrue(changes <= 2, "changes: " + changes);
  }

  @Test
  void isLessSureOfWhatItSawLessOf() {
    double few = verdict(load(1).with(Phase.PRIMARY, 2)).confidence();
    double many = verdict(load(40).with(Phase.PRIMARY, 0.2)).confidence();
    assertTrue(few < many, few + " and " + many);
  }
}
