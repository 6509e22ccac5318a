package ladder.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ladder.admin.DeadLetters;
import ladder.admin.DeadLetters.Replayed;
import ladder.cache.NoCache;
import ladder.channel.Channels;
import ladder.channel.DirectDelivery;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.journal.Channel;
import ladder.journal.Journal;
import ladder.keys.ApiKey;
import ladder.keys.ApiKeys;
import ladder.store.DeadLetter;
import ladder.store.EffectStore;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The operator's commands, against the database, whether or not a server runs on it. Each answers
 * on {@code out} and returns 0; or says on {@code err} that what was named is not there or failed
 * again, and returns 1.
 */
public final class Operator implements AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Connections.Options ONE = new Connections.Options(WAIT, 1, WAIT);

  private final Database database;
  private final ApiKeys keys;
  private final PrintStream out;
  private final PrintStream err;

  /** Brings the schema up to date first: a command may come before the first server does. */
  public Operator(String databaseUrl, PrintStream out, PrintStream err, Clock clock) {
    DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
    int _ = Migrations.migrate(url);
    this.database =
        Database.alone(Connections.unpooled("primary", url, Target.PRIMARY, ONE), clock);
    this.keys = new ApiKeys(database, new NoCache(), Duration.ZERO, clock);
    this.out = out;
    this.err = err;
  }

  public static int migrate(String databaseUrl, PrintStream out) {
    int applied = Migrations.migrate(DatabaseUrl.parse(databaseUrl));
    out.printf(
        Locale.ROOT,
        "applied %d migrations; the schema is at version %s%n",
        applied,
        Migrations.LATEST);
    return 0;
  }

  public int createKey(String name, @Nullable Integer perMinute) {
    ApiKeys.Created created = keys.create(name, perMinute);
    out.printf(
        Locale.ROOT,
        "key %d for %s: shown now and never again%n%s%n",
        created.key().id(),
        name,
        created.secret());
    return 0;
  }

  /**
   * Prints the newest keys, or those before one of them.
   *
   * @param beforeId only keys older than this one; {@code Long.MAX_VALUE} for the newest
   */
  public int listKeys(int limit, long beforeId) {
    List<ApiKey> found = keys.list(limit + 1, beforeId);
    List<ApiKey> page = found.subList(0, Math.min(limit, found.size()));
    out.printf(
        Locale.ROOT,
        "%-6s %-12s %-27s %-27s %s%n",
        "ID",
        "PER MINUTE",
        "CREATED",
        "REVOKED",
        "NAME");
    for (ApiKey key : page) {
      out.printf(
          Locale.ROOT,
          "%-6d %-12s %-27s %-27s %s%n",
          key.id(),
          key.perMinute() == null ? "default" : key.perMinute(),
          key.createdAt(),
          key.revokedAt() == null ? "-" : key.revokedAt(),
          key.name());
    }
    if (found.size() > limit) {
      err.printf(Locale.ROOT, "older ones: keys list --after %d%n", page.getLast().id());
    }
    return 0;
  }

  public int revokeKey(long id) {
    if (!keys.revoke(id)) {
      err.printf(Locale.ROOT, "ladder: there is no key %d%n", id);
      return 1;
    }
    out.printf(Locale.ROOT, "revoked key %d%n", id);
    return 0;
  }

  /** From the files alone: needs no database, and no server. */
  public static int journalStatus(Path dataDir, PrintStream out) throws IOException {
    Map<String, Long> lag = Journal.lag(dataDir.resolve("journal"), Channels.NAMES);
    out.printf(Locale.ROOT, "%-10s %s%n", "CHANNEL", "NOT YET DONE");
    lag.forEach((channel, entries) -> out.printf(Locale.ROOT, "%-10s %d%n", channel, entries));
    return 0;
  }

  public int deadLetters() {
    List<DeadLetter> letters = new EffectStore(database).deadLetters();
    out.printf(
        Locale.ROOT,
        "%-6s %-8s %-27s %-9s %s%n",
        "ID",
        "CHANNEL",
        "DIED",
        "ATTEMPTS",
        "EVENT AND REASON");
    for (DeadLetter letter : letters) {
      out.printf(
          Locale.ROOT,
          "%-6d %-8s %-27s %-9d %s of user %d: %s%n",
          letter.id(),
          letter.channel(),
          letter.diedAt(),
          letter.attempts(),
          letter.event().kind().action(),
          letter.event().userId(),
          letter.reason());
    }
    return 0;
  }

  public int replay(long id, Channels.Receivers receivers) throws InterruptedException {
    EffectStore store = new EffectStore(database);
    List<Channel> channels = Channels.open(receivers);
    try {
      return report(id, new DeadLetters(store, new DirectDelivery(channels, store)).replay(id));
    } finally {
      channels.forEach(Channel::close);
    }
  }

  private int report(long id, Replayed outcome) {
    return switch (outcome) {
      case Replayed.Delivered() -> {
        out.printf(Locale.ROOT, "delivered dead letter %d%n", id);
        yield 0;
      }
      case Replayed.NotFound() -> {
        err.printf(Locale.ROOT, "ladder: there is no dead letter %d%n", id);
        yield 1;
      }
      case Replayed.Failed(String reason) -> {
        err.printf(Locale.ROOT, "ladder: it failed again and stays a dead letter: %s%n", reason);
        yield 1;
      }
    };
  }

  @Override
  public void close() {
    database.close();
  }
}
