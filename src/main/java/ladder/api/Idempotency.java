package ladder.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ladder.db.Database;
import ladder.db.Work;
import ladder.digest.Sha256;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.http.Response.Header;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.store.IdempotencyStore;
import ladder.store.IdempotencyStore.StoredAnswer;

/**
 * Does a POST once, however often it is sent with the same {@code Idempotency-Key}
 * (draft-ietf-httpapi-idempotency-key-header). The answer is stored by the transaction that does
 * the work, so a repeat finds either both or neither. An answer that is a problem, such as a taken
 * address, is an answer too. Thread-safe.
 */
public final class Idempotency {
  private static final int KEY_CHARS_MAX = 255;
  private static final String HEADER = "Idempotency-Key";

  private final Database database;
  private final IdempotencyStore store = new IdempotencyStore();

  public Idempotency(Database database) {
    this.database = database;
  }

  /** Whether the request has a key. */
  static boolean asked(Request request) {
    return request.header(HEADER) != null;
  }

  /** Runs the work in a transaction and answers with what it gives, now or the first time. */
  Response once(Request request, ApiKey apiKey, Work<Response> work) {
    String key = request.header(HEADER);
    if (key == null) {
      return database.write(work);
    }
    if (request.headers(HEADER).size() > 1
        || key.isEmpty()
        || key.length() > KEY_CHARS_MAX
        || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          "there must be one Idempotency-Key, of 1 to %d visible ASCII characters"
              .formatted(KEY_CHARS_MAX));
    }
    byte[] hash = hash(request);
    return database.write(
        tx -> {
          if (!store.tryLock(tx, apiKey.id(), key)) {
            throw new ProblemException(
                    ProblemType.CONFLICT, "a request with this Idempotency-Key is still running")
                .with("Retry-After", "1");
          }
          Optional<StoredAnswer> first = store.find(tx, apiKey.id(), key);
          if (first.isPresent()) {
            return replayed(first.get(), hash);
          }
          Response response;
          try {
            response = work.run(tx);
          } catch (ProblemException e) {
            if (e.type().status() >= 500) {
              throw e;
            }
            response = e.answer(request.id());
          }
          Map<String, String> headers = new LinkedHashMap<>();
          response.headers().forEach(header -> headers.put(header.name(), header.value()));
          String json = new String(Json.write(headers), UTF_8);
          store.insert(
              tx,
              apiKey.id(),
              key,
              new StoredAnswer(hash, response.status(), json, response.body()));
          return response;
        });
  }

  private static Response replayed(StoredAnswer answer, byte[] hash) {
    if (!MessageDigest.isEqual(answer.requestHash(), hash)) {
      throw new ProblemException(
          ProblemType.UNPROCESSABLE, "this Idempotency-Key was used with another request");
    }
    List<Header> headers = new ArrayList<>();
    JsonNode stored = Json.read(answer.headers().getBytes(UTF_8));
    stored.properties().forEach(e -> headers.add(new Header(e.getKey(), e.getValue().textValue())));
    return new Response(answer.status(), headers, answer.body(), null, null)
        .with("Idempotency-Replayed", "true");
  }

  private static byte[] hash(Request request) {
    String line = request.method() + ' ' + request.path() + '\n';
    return Sha256.of(line.getBytes(UTF_8), request.body());
  }
}
