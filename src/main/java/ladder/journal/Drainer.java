package ladder.journal;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Window.Entry;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the journal for one channel. All decisions are in {@link #step}, which does one thing and
 * says how long to wait for the next, so that tests drive it without threads or time; {@link
 * DrainLoop} is the loop around it. Belongs to its loop's thread; what is counted may be read by
 * any.
 */
final class Drainer {
  /** So many receivers' failures in a row are no longer the entries' fault. */
  static final int OUTAGE_FAILURES = 3;

  /** Bounds what a missed wake-up costs. */
  static final long POLL_NANOS_MAX = Duration.ofSeconds(1).toNanos();

  /** A receiver that is back is found within this. */
  private static final Duration PROBE_MAX = Duration.ofMinutes(1);

  /** A transaction usually commits within milliseconds of its append. */
  private static final Duration LEDGER_MIN = Duration.ofMillis(2);

  private static final Duration LEDGER_MAX = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Drainer.class);

  private final Channel channel;
  private final String name;
  private final Supplier<@Nullable Entry> entries;
  private final Ledger ledger;
  private final Journal.Options options;
  private final Clock clock;
  private final Window window;
  private final Backoff retry;
  private final Backoff askAgain;
  private final Outage receiverOutage;
  private final Outage ledgerOutage;
  private final LongAdder delivered = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder dead = new LongAdder();
  private volatile long position;
  private volatile int waiting;
  private boolean dueNext;

  /** {@code entries} gives the next entry after {@code position}, or null when there is none. */
  Drainer(
      Channel channel,
      Supplier<@Nullable Entry> entries,
      long position,
      Ledger ledger,
      Journal.Options options,
      Clock clock,
      RandomGenerator random) {
    this.channel = channel;
    this.name = channel.name();
    this.entries = entries;
    this.ledger = ledger;
    this.options = options;
    this.clock = clock;
    this.window = new Window(position);
    this.position = position;
    this.retry = new Backoff(options.retryMin(), options.retryMax(), random);
    this.askAgain = new Backoff(LEDGER_MIN, LEDGER_MAX, random);
    this.receiverOutage =
        new Outage(
            "channel " + name,
            "entries wait in the journal",
            OUTAGE_FAILURES,
            new Backoff(options.retryMin(), min(options.retryMax(), PROBE_MAX), random),
            clock);
    this.ledgerOutage =
        new Outage("ledger of " + name, "entries wait in the journal", 1, askAgain, clock);
  }

  /** One decision and its work; returns how long there is nothing to do, 0 for not at all. */
  long step() throws InterruptedException {
    long now = clock.nanos();
    long hold = Math.max(ledgerOutage.holdNanos(), receiverOutage.holdNanos());
    if (hold > 0) {
      return hold;
    }
    Entry next = choose(now);
    if (next == null) {
      Entry due = window.earliestDue();
      return due == null ? POLL_NANOS_MAX : Math.clamp(due.dueNanos - now, 1, POLL_NANOS_MAX);
    }
    try {
      handle(next);
      ledgerOutage.succeeded();
    } catch (UnavailableException e) {
      // What failed is still due and goes first when the ledger may be asked again.
      dueNext = true;
      ledgerOutage.failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.warn("{}: entry {} failed in the ledger", name, next.index, e);
      next.dueNanos = clock.nanos() + retry.waitNanos(++next.attempts);
    }
    position = window.checkpoint();
    waiting = window.size();
    return 0;
  }

  /** New and due entries take turns: neither a backlog nor a heap of failures starves the other. */
  private @Nullable Entry choose(long now) {
    Entry due = window.earliestDue();
    if (due != null && due.dueNanos - now > 0) {
      due = null;
    }
    if (window.size() < Window.SIZE_MAX && !(dueNext && due != null)) {
      Entry fresh = entries.get();
      if (fresh != null) {
        dueNext = true;
        fresh.dueNanos = now;
        window.add(fresh);
        return fresh;
      }
    }
    dueNext = false;
    return due;
  }

  private void handle(Entry item) throws InterruptedException {
    Event event = item.event;
    if (event == null) {
      log.error("{}: entry {} cannot be read and is passed", name, item.index);
      dead.increment();
      window.remove(item);
    } else if (item.unrecorded != null) {
      record(item, item.unrecorded);
    } else {
      switch (ledger.standing(event, name)) {
        case VOID, DONE -> window.remove(item);
        case PENDING -> item.dueNanos = clock.nanos() + askAgain.waitNanos(++item.pendings);
        case DUE -> attempt(item, event);
      }
    }
  }

  private void attempt(Entry item, Event event) throws InterruptedException {
    item.attempts++;
    Delivery outcome = deliver(event);
    long now = clock.nanos();
    if (outcome instanceof Unavailable(String reason)) {
      retries.increment();
      receiverOutage.failed(reason);
    } else {
      receiverOutage.succeeded();
    }
    switch (outcome) {
      case Delivered() ->
          record(
              item,
              () -> {
                ledger.delivered(event, name);
                delivered.increment();
              });
      case Refused(String reason) -> bury(item, event, reason);
      case Unavailable(String reason) -> {
        Duration age = Duration.between(event.at(), clock.now());
        if (item.attempts >= options.attemptsMax() && age.compareTo(options.ageMax()) > 0) {
          bury(item, event, reason);
        } else {
          item.dueNanos = now + retry.waitNanos(item.attempts);
        }
      }
    }
  }

  private Delivery deliver(Event event) throws InterruptedException {
    try {
      return channel.deliver(event);
    } catch (RuntimeException e) {
      log.error("{}: delivery of event {} broke, it is tried again", name, event.id(), e);
      return new Unavailable(e.toString());
    }
  }

  private void bury(Entry item, Event event, String reason) {
    int attempts = item.attempts;
    record(
        item,
        () -> {
          ledger.dead(event, name, attempts, reason);
          dead.increment();
          log.warn("{}: event {} is a dead letter: {}", name, event.id(), reason);
        });
  }

  /** Keeps what is to be recorded, so that a ledger that is away costs no second delivery. */
  private void record(Entry item, Runnable record) {
    item.unrecorded = record;
    record.run();
    window.remove(item);
  }

  /** True when waiting for the rest would be waiting for others. */
  boolean nothingToGain() {
    return receiverOutage.holdNanos() > 0 || ledgerOutage.holdNanos() > 0 || window.onlyRetries();
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  String name() {
    return name;
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
