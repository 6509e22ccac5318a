package ladder.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.db.Work;
import ladder.http.JsonObject;
import ladder.http.Request;
import ladder.http.Response;
import ladder.journal.Event;
import ladder.journal.Kind.SignedUp;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.measure.Timings;
import ladder.measure.Timings.Shared;
import ladder.store.User;
import ladder.store.UserStore;
import ladder.store.UserStore.Draft;
import ladder.store.UserStore.Inserted;
import ladder.time.Batches;
import ladder.time.Clock;

/**
 * {@code POST /signup}. Answers as soon as the user is stored and the journal has what must follow:
 * welcome email, audit log and Slack message are not waited for.
 *
 * <p>Under load sign-ups share a transaction, and with it the flush of the journal, that of the
 * database, and every round trip (group commit). Those with an {@code Idempotency-Key} have their
 * own, because it holds the key's lock and the answer too. Thread-safe.
 */
public final class Signup {
  /** Two, so that one gathers its entries while the other waits for a disk. */
  private static final int TRANSACTIONS_MAX = 2;

  /** More than a transaction waits in all: for a connection, the statement, Redis and the disks. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  /** Who signs up, and in which request. */
  private record Candidate(Draft draft, Request request) {}

  private final UserStore users = new UserStore();
  private final Database database;
  private final Cache cache;
  private final Idempotency idempotency;
  private final Effects effects;
  private final Clock clock;
  private final Batches<Candidate, Shared<Optional<User>>> transactions;

  public Signup(
      Database database, Cache cache, Idempotency idempotency, Effects effects, Clock clock) {
    this.database = database;
    this.cache = cache;
    this.idempotency = idempotency;
    this.effects = effects;
    this.clock = clock;
    this.transactions =
        new Batches<>("sign-up", TRANSACTIONS_MAX, effects.changesMax(), WAIT_MAX, this::storeAll);
  }

  Response signUp(Request request, ApiKey key) {
    JsonObject in = request.json();
    Candidate candidate = new Candidate(new Draft(Users.email(in), Users.name(in)), request);
    in.done();
    effects.requireReady().run();
    if (effects.changesMax() == 1 || Idempotency.asked(request)) {
      Work<List<Optional<User>>> storing = storing(List.of(candidate));
      return idempotency.once(request, key, tx -> answer(storing.run(tx).getFirst()));
    }
    return answer(Timings.share(clock, () -> transactions.submit(candidate)));
  }

  private static Response answer(Optional<User> stored) {
    User user = stored.orElseThrow(Users::emailTaken);
    return Response.json(201, Json.write(user))
        .with("Location", "/users/" + user.id())
        .with("ETag", EntityTags.of(user.version()));
  }

  private List<Shared<Optional<User>>> storeAll(List<Candidate> candidates) {
    return Timings.shared(clock, () -> database.write(storing(candidates)));
  }

  /** Answers in order; empty for those whose address is taken. */
  private Work<List<Optional<User>>> storing(List<Candidate> candidates) {
    return tx -> {
      List<Optional<Inserted>> inserted =
          users.insert(tx, candidates.stream().map(Candidate::draft).toList());
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < candidates.size(); i++) {
        Request request = candidates.get(i).request;
        inserted.get(i).ifPresent(one -> events.add(event(one, request)));
      }
      List<Optional<User>> stored = inserted.stream().map(one -> one.map(Inserted::user)).toList();
      for (Optional<User> one : stored) {
        one.flatMap(user -> cache.change(Users.cacheKey(user.id()), Json.write(user)))
            .ifPresent(tx::guard);
      }
      if (!events.isEmpty()) {
        effects.follow().accept(tx, events);
      }
      return stored;
    };
  }

  private static Event event(Inserted inserted, Request request) {
    User user = inserted.user();
    return Event.of(
        new SignedUp(user.email(), user.name()),
        user.id(),
        user.createdAt(),
        inserted.transactionId(),
        request.id(),
        request.traceparent());
  }
}
