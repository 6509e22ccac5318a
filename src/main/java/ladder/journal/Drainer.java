package ladder.journal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Entry.State;
import ladder.journal.Ledger.Standing;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the journal for one channel: does what its {@link Schedule} decides. Each {@link #step}
 * takes in what ended, records it, reads on, asks the ledger and starts deliveries; the ledger is
 * asked for many entries at once, by this thread alone, so that a channel uses one connection to
 * the database however many deliveries are under way. Deliveries run where the executor runs them:
 * on virtual threads, or in a test on its own.
 *
 * <p>Its {@link #task} steps it; only the task's thread may call {@link #step}. The rest is
 * thread-safe.
 */
final class Drainer {
  private record Ended(Entry entry, Delivery delivery) {}

  /**
   * Between two steps, unless all places wait for the next: what gathers meanwhile is asked and
   * recorded at once, so that under load the ledger costs little for each entry.
   */
  private static final long GATHER_NANOS = Duration.ofMillis(25).toNanos();

  /** Between two tries of a ledger that is away. */
  private static final Duration LEDGER_MIN = Duration.ofMillis(2);

  private static final Duration LEDGER_MAX = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Drainer.class);

  final String name;
  final PeriodicTask task;
  private final Channel channel;
  private final Supplier<@Nullable Entry> entries;
  private final Ledger ledger;
  private final Executor deliveries;
  private final Clock clock;
  private final int places;
  private final Schedule schedule;
  private final Outage ledgerOutage;
  private final ConcurrentLinkedQueue<Ended> ended = new ConcurrentLinkedQueue<>();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder dead = new LongAdder();
  private volatile long position;
  private volatile int waiting;
  private volatile boolean draining;
  private volatile boolean stopping;

  private long gatherEndNanos;

  /** Whether the step under way has done something, so that the next follows at once. */
  private boolean progress;

  /**
   * @param entries gives the next entry of the journal, or null when there is none yet
   * @param position every entry up to this index is done
   * @param deliveries runs each delivery
   */
  Drainer(
      Channel channel,
      Supplier<@Nullable Entry> entries,
      long position,
      Journal.Context context,
      Executor deliveries) {
    this.channel = channel;
    this.name = channel.name();
    this.entries = entries;
    this.position = position;
    this.ledger = context.ledger();
    this.deliveries = deliveries;
    this.clock = context.clock();
    this.gatherEndNanos = clock.nanos();
    this.places = channel.concurrency(context.options().concurrency());
    this.schedule = new Schedule(name, position, places, context);
    this.ledgerOutage =
        context.outage("ledger of " + name, 1, context.backoff(LEDGER_MIN, LEDGER_MAX));
    this.task = new PeriodicTask("drain-" + name, Thread.ofVirtual(), Duration.ZERO, this::run);
  }

  private long run() {
    long early = gatherEndNanos - clock.nanos();
    if (early > 0 && ended.size() < places && !draining && !stopping) {
      return early;
    }
    long wait = step();
    gatherEndNanos = clock.nanos() + GATHER_NANOS;
    if (draining && wait > 0 && nothingToGain()) {
      task.finish();
    }
    return wait;
  }

  /** Does what there is to do now; returns how long there is nothing, 0 for not at all. */
  long step() {
    progress = false;
    takeEnded();
    long hold = ledgerOutage.holdNanos();
    if (hold > 0) {
      return Math.min(hold, Schedule.POLL_NANOS_MAX);
    }
    try {
      record();
      if (!stopping) {
        read();
        ask(schedule.toCheck(), this::check);
        start();
      }
    } catch (UnavailableException e) {
      ledgerOutage.failed(String.valueOf(e.getMessage()));
      progress = true;
    }
    position = schedule.position();
    waiting = schedule.size();
    if (progress) {
      return 0;
    }
    return stopping ? Schedule.POLL_NANOS_MAX : schedule.waitNanos();
  }

  private void takeEnded() {
    for (Ended end = ended.poll(); end != null; end = ended.poll()) {
      schedule.ended(end.entry(), end.delivery());
      if (end.entry().state == State.DUE) {
        retries.increment();
      }
      progress = true;
    }
  }

  private void record() {
    List<Entry> all = schedule.toRecord();
    ask(all.stream().filter(e -> e.outcome instanceof Delivered).toList(), this::recordDelivered);
    for (Entry entry : all) {
      if (entry.outcome instanceof Refused(String reason)) {
        ask(List.of(entry), _ -> recordDead(entry, reason));
      }
    }
  }

  private void recordDelivered(List<Entry> arrived) {
    ledger.delivered(events(arrived), name);
    delivered.add(arrived.size());
    arrived.forEach(schedule::finished);
  }

  private void recordDead(Entry entry, String reason) {
    ledger.dead(entry.event(), name, entry.attempts, reason);
    dead.increment();
    log.warn("{}: event {} is a dead letter: {}", name, entry.event().id(), reason);
    schedule.finished(entry);
  }

  private void read() {
    for (int wanted = schedule.wanted(); wanted > 0; wanted--) {
      Entry entry = entries.get();
      if (entry == null) {
        return;
      }
      progress = true;
      schedule.add(entry);
      if (entry.read == null) {
        log.error("{}: entry {} cannot be read and is passed", name, entry.index);
        dead.increment();
      }
      if (entry.read == null || !channel.wants(entry.read.kind())) {
        schedule.finished(entry);
      }
    }
  }

  private void check(List<Entry> unchecked) {
    Map<UUID, Standing> standings = ledger.standings(events(unchecked), name);
    for (Entry entry : unchecked) {
      schedule.checked(entry, standings.getOrDefault(entry.event().id(), Standing.PENDING));
    }
  }

  private static List<Event> events(List<Entry> entries) {
    return entries.stream().map(Entry::event).toList();
  }

  /** Asks the ledger for all at once, and for each alone when one spoils it for the others. */
  private void ask(List<Entry> about, Consumer<List<Entry>> question) {
    if (about.isEmpty()) {
      return;
    }
    progress = true;
    try {
      question.accept(about);
      ledgerOutage.succeeded();
    } catch (UnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      if (about.size() > 1) {
        about.forEach(one -> ask(List.of(one), question));
      } else {
        log.warn("{}: entry {} fails in the ledger", name, about.getFirst().index, e);
        schedule.postpone(about.getFirst());
      }
    }
  }

  private void start() {
    for (Entry entry : schedule.toDeliver()) {
      progress = true;
      deliveries.execute(() -> deliver(entry));
    }
  }

  /** An interrupted delivery has no outcome: it is made again after the next start. */
  private void deliver(Entry entry) {
    Delivery delivery;
    try {
      delivery = channel.deliver(entry.event());
    } catch (InterruptedException e) {
      log.info("{}: a delivery is interrupted, it is made again after the start", name);
      return;
    } catch (Throwable e) { // an Error must not leave its place taken for ever
      log.error("{}: delivery of event {} broke, it is tried again", name, entry.event().id(), e);
      delivery = new Unavailable(e.toString());
    }
    ended.add(new Ended(entry, delivery));
    task.wake();
  }

  /** Ends the task when it is caught up, or when only others could help. */
  void drain() {
    draining = true;
    if (task.failing()) {
      task.finish();
    }
    task.wake();
  }

  /** From now on only takes in and records what is under way. */
  void stopStarting() {
    stopping = true;
    task.wake();
  }

  /** True when waiting for the rest would be waiting for others. */
  boolean nothingToGain() {
    return ended.isEmpty()
        && (ledgerOutage.holdNanos() > 0
            || (stopping ? schedule.nothingUnderWay() : schedule.awaitsReceiverOnly()));
  }

  /** Every entry up to this index is done. */
  long position() {
    return position;
  }

  Journal.ChannelStats stats(long lagEntries) {
    return new Journal.ChannelStats(
        delivered.sum(), retries.sum(), dead.sum(), lagEntries, waiting);
  }
}
