package ladder.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import ladder.failure.UnavailableException;
import ladder.journal.Kind.SignedUp;
import org.jspecify.annotations.Nullable;

/** Fakes and events that the journal's tests share. */
final class Fixture {
  static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

  private Fixture() {}

  static Event event(long number) {
    return new Event(
        new UUID(7, number),
        new SignedUp("user" + number + "@example.org", "User " + number),
        number,
        AT,
        Long.toString(1000 + number),
        "request-" + number,
        null);
  }

  /** The defaults of the settings, but for the attempts. */
  static Journal.Options options(Path dir, int attemptsMax) {
    return new Journal.Options(
        dir,
        true,
        Duration.ofSeconds(1),
        attemptsMax,
        Duration.ofMinutes(10),
        Journal.Options.FREE_BYTES_MIN,
        Duration.ofHours(24),
        8,
        Duration.ofSeconds(10));
  }

  /** A channel that answers as set and remembers what it was given. */
  static final class FakeChannel implements Channel {
    final List<Event> tried = new CopyOnWriteArrayList<>();
    volatile Function<Event, Delivery> answer = event -> new Delivery.Delivered();
    volatile boolean wanting = true;
    private final String name;

    FakeChannel(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean wants(Kind kind) {
      return wanting;
    }

    @Override
    public Delivery deliver(Event event) {
      tried.add(event);
      return answer.apply(event);
    }
  }

  /** A ledger in memory; all events are due unless set otherwise. */
  static final class FakeLedger implements Ledger {
    final Map<UUID, Standing> standings = new HashMap<>();
    final Set<String> done = new HashSet<>();
    final Map<UUID, String> dead = new HashMap<>();
    volatile boolean away;
    volatile boolean recordsAway;
    volatile @Nullable UUID spoilt;
    final List<Integer> batches = new ArrayList<>();
    int asked;

    @Override
    public synchronized Map<UUID, Standing> standings(List<Event> events, String channel) {
      asked++;
      check(away);
      Map<UUID, Standing> answer = new HashMap<>();
      for (Event event : events) {
        checkSpoilt(event);
        answer.put(
            event.id(),
            done.contains(key(event, channel))
                ? Standing.DONE
                : standings.getOrDefault(event.id(), Standing.DUE));
      }
      return answer;
    }

    @Override
    public synchronized void delivered(List<Event> events, String channel) {
      check(away || recordsAway);
      events.forEach(event -> done.add(key(event, channel)));
      batches.add(events.size());
    }

    @Override
    public synchronized void dead(Event event, String channel, int attempts, String reason) {
      check(away || recordsAway);
      dead.put(event.id(), attempts + " " + reason);
      done.add(key(event, channel));
    }

    synchronized void set(Event event, Standing standing) {
      standings.put(event.id(), standing);
    }

    synchronized int doneCount() {
      return done.size();
    }

    synchronized boolean isDone(Event event, String channel) {
      return done.contains(key(event, channel));
    }

    synchronized boolean isDead(Event event) {
      return dead.containsKey(event.id());
    }

    private static String key(Event event, String channel) {
      return event.id() + " " + channel;
    }

    /** A statement fails on this event, and with it the whole batch. */
    private void checkSpoilt(Event event) {
      if (event.id().equals(spoilt)) {
        throw new IllegalStateException("this event cannot be asked for");
      }
    }

    private static void check(boolean away) {
      if (away) {
        throw new UnavailableException("the database is away", new IllegalStateException());
      }
    }
  }
}
