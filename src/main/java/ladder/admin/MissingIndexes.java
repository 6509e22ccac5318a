package ladder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.db.Database;
import ladder.db.Transaction;
import ladder.json.Json;
import ladder.json.MalformedJsonException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The indexes that statements would use if they were there. Each statement that ran is planned
 * again for unknown parameters ({@code EXPLAIN}, never {@code ANALYZE}): a node that reads a large
 * table and throws rows away by an equality wants an index on that column. Asked on demand, kept
 * for a while, and waited for only so long. Thread-safe.
 */
final class MissingIndexes {
  /** A smaller table is read as quickly as an index. */
  private static final long ROWS_LARGE = 10_000;

  private static final Duration KEPT = Duration.ofSeconds(15);

  /** Longer than planning takes; an answer without indexes is better than none. */
  private static final Duration WAIT_MAX = Duration.ofSeconds(2);

  private static final String LARGE_TABLES =
      """
      SELECT json_build_object('table', s.relname, 'scans', coalesce(s.seq_scan, 0),
        'indexed', (SELECT coalesce(json_agg(a.attname), '[]'::json)
          FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
          WHERE i.indrelid = s.relid AND i.indisvalid AND i.indpred IS NULL))::text
      FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
      WHERE greatest(s.n_live_tup, c.reltuples) >= ?
      """;

  private static final Pattern PARAMETER = Pattern.compile("\\?");

  /** As PostgreSQL prints it: {@code (user_id = $1)} or {@code (orders.user_id = u.id)}. */
  private static final Pattern EQUALITY =
      Pattern.compile("\\((?:(\\w+)\\.)?(\\w+) = (?:(\\w+)\\.)?(\\$?\\w+)\\)");

  private static final Logger log = LoggerFactory.getLogger(MissingIndexes.class);

  /**
   * @param statement the SQL that makes it, without blocking writes
   * @param scans sequential scans of the table so far, on all servers
   */
  record Missing(String table, String statement, long scans) {
    Missing plus(long more) {
      return new Missing(table, statement, scans + more);
    }
  }

  /** What one server answered: its large tables and its plans, each as JSON. */
  private record Planned(List<String> tables, List<String> plans) {}

  private final Callable<List<Missing>> servers;
  private final Clock clock;
  private volatile @Nullable List<Missing> known;
  private CompletableFuture<List<Missing>> asking = CompletableFuture.completedFuture(List.of());
  private @Nullable Long askedNanos;

  MissingIndexes(Database database, Clock clock) {
    this(() -> find(database), clock);
  }

  /**
   * @param servers asks them; never called by two at a time
   */
  MissingIndexes(Callable<List<Missing>> servers, Clock clock) {
    this.servers = servers;
    this.clock = clock;
  }

  /** What is known now; what was known before when the servers do not answer in time. */
  List<Missing> list() {
    return list(WAIT_MAX);
  }

  /**
   * The same, asked for and not waited for longer than this. Who comes while another waits gets
   * what was known before, at once; or waits, too, when nothing was.
   *
   * @param wait zero for what is known already
   */
  List<Missing> list(Duration wait) {
    try {
      List<Missing> _ = answer().get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.debug("the servers are slow to plan", e);
    } catch (ExecutionException e) {
      log.debug("no server planned the statements", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Missing> last = known;
    return last == null ? List.of() : last;
  }

  /** What the caller waits for, outside of the lock. */
  private synchronized Future<List<Missing>> answer() {
    List<Missing> last = known;
    boolean old = askedNanos == null || clock.nanos() - askedNanos >= KEPT.toNanos();
    if (asking.isDone() && old) {
      CompletableFuture<List<Missing>> found = new CompletableFuture<>();
      asking = found;
      askedNanos = clock.nanos();
      Thread _ = Thread.ofVirtual().name("missing-indexes").start(() -> ask(found));
      return found;
    }
    return last == null ? asking : CompletableFuture.completedFuture(last);
  }

  private void ask(CompletableFuture<List<Missing>> found) {
    try {
      List<Missing> answer = servers.call();
      known = answer;
      found.complete(answer);
    } catch (Throwable e) { // whoever waits must not wait in vain
      found.completeExceptionally(e);
    }
  }

  private static List<Missing> find(Database database) {
    Set<String> statements = database.statements();
    Map<String, Missing> all = new LinkedHashMap<>();
    for (Planned planned : database.inspect(tx -> planned(statements, tx))) {
      missing(planned).forEach(m -> all.merge(m.statement(), m, (a, b) -> a.plus(b.scans())));
    }
    return List.copyOf(all.values());
  }

  /**
   * Prepared, because a plan for unknown parameters (EXPLAIN's GENERIC_PLAN) needs version 16. In
   * one transaction, so that behind PgBouncer all is asked on one connection, and nothing stays on
   * it.
   */
  private static Planned planned(Set<String> statements, Transaction tx) {
    List<String> plans = new ArrayList<>();
    execute(tx, "BEGIN");
    execute(tx, "SET LOCAL plan_cache_mode = force_generic_plan");
    List<String> tables = run(tx, LARGE_TABLES, ROWS_LARGE);
    execute(tx, "SAVEPOINT ladder_plan");
    for (String statement : tables.isEmpty() ? Set.<String>of() : statements) {
      int[] count = {0};
      String numbered = PARAMETER.matcher(statement).replaceAll(_ -> "\\$" + ++count[0]);
      String nulls = String.join(", ", Collections.nCopies(count[0], "NULL"));
      execute(tx, "PREPARE ladder_plan AS " + numbered);
      plans.addAll(
          run(
              tx,
              "EXPLAIN (FORMAT JSON) EXECUTE ladder_plan"
                  + (nulls.isEmpty() ? "" : "(" + nulls + ")")));
      // After an error the transaction refuses all but this.
      execute(tx, "ROLLBACK TO ladder_plan");
      execute(tx, "DEALLOCATE ladder_plan");
      execute(tx, "ROLLBACK TO ladder_plan");
    }
    execute(tx, "ROLLBACK");
    return new Planned(tables, plans);
  }

  private static void execute(Transaction tx, String command) {
    try {
      int _ = tx.update(command);
    } catch (Exception e) {
      log.debug("refused: {}", command, e);
    }
  }

  /** What is not for planning, such as a look at the clock, answers nothing. */
  private static List<String> run(Transaction tx, String sql, Object... parameters) {
    try {
      return tx.texts(sql, parameters);
    } catch (Exception e) {
      log.debug("not planned: {}", sql, e);
      return List.of();
    }
  }

  private static List<Missing> missing(Planned planned) {
    Map<String, JsonNode> tables = new LinkedHashMap<>();
    for (String row : planned.tables()) {
      JsonNode table = Json.read(row.getBytes(UTF_8));
      tables.put(table.get("table").textValue(), table);
    }
    Map<String, Missing> found = new LinkedHashMap<>();
    for (String plan : planned.plans()) {
      try {
        for (JsonNode node : Json.read(plan.getBytes(UTF_8)).findParents("Filter")) {
          JsonNode table = tables.get(node.path("Relation Name").asText());
          if (table != null) {
            column(node, table).map(c -> of(table, c)).ifPresent(m -> found.put(m.statement(), m));
          }
        }
      } catch (MalformedJsonException e) {
        log.debug("a plan that is too deep", e);
      }
    }
    return List.copyOf(found.values());
  }

  /** The column by which the node throws rows away, if no index begins with it. */
  private static Optional<String> column(JsonNode node, JsonNode table) {
    if (node.path("Index Cond").asText().contains(" = ")) {
      return Optional.empty(); // it reads few rows already
    }
    String alias = node.path("Alias").asText();
    Matcher equality = EQUALITY.matcher(node.get("Filter").asText());
    while (equality.find()) {
      String column =
          equality.group(1) == null || equality.group(1).equals(alias)
              ? equality.group(2)
              : alias.equals(equality.group(3)) ? equality.group(4) : "";
      if (!column.isEmpty() && !contains(table.get("indexed"), column)) {
        return Optional.of(column);
      }
    }
    return Optional.empty();
  }

  private static boolean contains(JsonNode names, String name) {
    return names.valueStream().anyMatch(n -> n.asText().equals(name));
  }

  private static Missing of(JsonNode table, String column) {
    String name = table.get("table").textValue();
    return new Missing(
        name,
        "CREATE INDEX CONCURRENTLY %s_%s_idx ON %s (%s)".formatted(name, column, name, column),
        table.get("scans").longValue());
  }
}
