package ladder.tools.climb;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.embedded.Platform;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The data of a climb, which are made once: a mark in the directory, written last, says that they
 * are complete; without it what is there is deleted and made anew.
 */
public final class ScratchData {
  static final String MARK = "climb.scratch";
  private static final String MAKING = "making";

  /** An index over all orders, on a slow disk. */
  private static final Duration STATEMENT_MAX = Duration.ofMinutes(10);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /** Between two batches an interrupt is noticed. */
  private static final long BATCH = 250_000;

  private ScratchData() {}

  /** One of the two servers, as the only one. */
  static Database database(@Nullable String url, Clock clock) {
    DatabaseUrl parsed = DatabaseUrl.parse(requireNonNull(url));
    Connections.Options options = new Connections.Options(CONNECT_MAX, 1, STATEMENT_MAX);
    return Database.alone(Connections.unpooled("primary", parsed, Target.PRIMARY, options), clock);
  }

  static boolean complete(Path path, Scale scale) throws IOException {
    Path mark = path.resolve(MARK);
    return Files.exists(mark) && Files.readString(mark).equals(scale.mark());
  }

  private static void mark(Path path, String text) throws IOException {
    Path fresh = Files.writeString(path.resolve(MARK + ".new"), text);
    Files.move(fresh, path.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
  }

  /** On the primary alone, whose files the standby is copied from afterwards. */
  static void make(Path path, Scale scale, Platform platform, Progress progress, Clock clock)
      throws IOException, InterruptedException {
    Wanted wanted = new Wanted(true, false, true);
    Path home = path.resolve("embedded");
    if (Files.exists(home.resolve("primary"))) {
      // Stops what an earlier climb may have left running on the files.
      EmbeddedServers.start(path, platform, wanted, clock).close();
    }
    mark(path, MAKING);
    for (String old : new String[] {"primary", "standby", "redis"}) {
      delete(home.resolve(old));
    }
    try (EmbeddedServers servers = EmbeddedServers.start(path, platform, wanted, clock);
        Database database = database(servers.databaseUrl(), clock)) {
      int _ = Migrations.migrate(DatabaseUrl.parse(requireNonNull(servers.databaseUrl())));
      fill(database, scale, progress);
    }
    mark(path, scale.mark());
  }

  private static void fill(Database database, Scale scale, Progress progress)
      throws InterruptedException {
    progress.step("making %,d users".formatted(scale.users()));
    run(
        database,
        """
        INSERT INTO users (email, name)
        SELECT 'user' || i || '@example.com', 'User ' || i FROM generate_series(1, %d) AS i
        """
            .formatted(scale.users()));
    // Both are checked and built at the end, in one pass each.
    run(database, "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey");
    run(database, "DROP INDEX orders_user");
    for (long done = 0; done < scale.orders(); done += BATCH) {
      long last = Math.min(scale.orders(), done + BATCH);
      progress.note("making orders: %,d of %,d".formatted(last, scale.orders()));
      // 7919 is prime: a user's orders are spread over the table, as they are in life.
      run(
          database,
          """
          INSERT INTO orders (user_id, item, quantity, unit_price_cents, created_at)
          SELECT 1 + (i * 7919::bigint) %% %d, 'item ' || i %% 1000, 1 + i %% 5, 100 + i %% 9900,
            now() - interval '1 year' + i * interval '6 seconds'
          FROM generate_series(%d, %d) AS i
          """
              .formatted(scale.users(), done + 1, last));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    progress.note("indexing the orders");
    run(database, CREATE_INDEX);
    run(
        database,
        """
        ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        """);
    vacuum(database);
  }

  /** As in {@code sql/V1__users_and_orders.sql}. */
  static final String CREATE_INDEX =
      "CREATE INDEX IF NOT EXISTS orders_user ON orders (user_id, id DESC)";

  static void vacuum(Database database) {
    // Not in a transaction, as VACUUM asks.
    int _ = database.readPrimary(tx -> tx.update("VACUUM ANALYZE users, orders"));
  }

  static void run(Database database, String sql) {
    int _ = database.write(tx -> tx.update(sql));
  }

  /** A folder and all in it, if it is there. */
  public static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
