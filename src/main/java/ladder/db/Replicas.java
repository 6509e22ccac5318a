package ladder.db;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.time.Clock;

/**
 * The replicas in rotation. Each is watched on its own, and leaves the rotation while it does not
 * answer, or falls behind by more than the bound. Thread-safe.
 */
final class Replicas implements AutoCloseable {
  private record Replica(Postgres server, ReplicaLag lag) {}

  private final List<Replica> all;
  private final Duration lagMax;
  private final AtomicInteger turn = new AtomicInteger();

  Replicas(List<Connections> replicas, Duration lagMax, Clock clock) {
    this.all = replicas.stream().map(connections -> replica(connections, clock)).toList();
    this.lagMax = lagMax;
  }

  private static Replica replica(Connections connections, Clock clock) {
    ReplicaLag lag = new ReplicaLag(clock);
    Postgres server =
        new Postgres(
            connections.name,
            "reads go elsewhere",
            connections,
            Postgres::positionOf,
            lag::replicaAt,
            clock);
    return new Replica(server, lag);
  }

  void start() {
    all.forEach(replica -> replica.server.start());
  }

  void primaryAt(long position) {
    all.forEach(replica -> replica.lag.primaryAt(position));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  List<Postgres> servers() {
    return all.stream().map(Replica::server).toList();
  }

  /** The next in rotation that had replayed this position when it was last sampled. */
  Optional<Postgres> next(long position) {
    int first = turn.getAndIncrement();
    for (int i = 0; i < all.size(); i++) {
      Replica replica = all.get(Math.floorMod(first + i, all.size()));
      if (replica.server.answers()
          && replica.server.position() >= position
          && replica.lag.current().compareTo(lagMax) <= 0) {
        return Optional.of(replica.server);
      }
    }
    return Optional.empty();
  }

  /** Of the replica that is furthest behind; zero without one. */
  Duration lag() {
    return all.stream()
        .map(replica -> replica.lag.current())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  boolean answer() {
    return all.stream().anyMatch(replica -> replica.server.answers());
  }

  @Override
  public void close() {
    all.forEach(replica -> replica.server.close());
  }
}
