package ladder.admin;

import java.util.List;
import java.util.function.Supplier;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.http.Listener;
import ladder.journal.Journal;
import ladder.limit.Limiter;

/** Where the statistics of each part come from, for metrics and {@code /stats}. */
public record Sources(
    Supplier<Listener.Stats> http,
    Supplier<Cache.Stats> cache,
    Supplier<Database.Stats> database,
    Supplier<Limiter.Stats> limit,
    Supplier<Journal.Stats> journal,
    List<String> channels) {

  private static final Journal.ChannelStats NOTHING = new Journal.ChannelStats(0, 0, 0, 0, 0);

  Journal.ChannelStats channel(String name) {
    return journal.get().channels().getOrDefault(name, NOTHING);
  }
}
