package bench;

import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Everything that is asked of Redis: the limit of a key, and the user in the cache. Both leave as
 * one batch of the low-level client (redis-reference, "Use Vert.x Redis Client"): the typed API
 * takes a connection for each command.
 */
@ApplicationScoped
class RedisGate {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Redis redis;
  private final Settings settings;
  private final String script;
  private final String sha;
  private final String limit;
  private final String windowMicros;
  private final String policy;

  /**
   * @param left how many more requests the key has, below 0 if this one is refused
   * @param seconds until there are more
   * @param user the JSON of the user, if it was asked for and is there
   */
  record Answer(long left, long seconds, byte[] user) {
    boolean allowed() {
      return left >= 0;
    }
  }

  RedisGate(Redis redis, Settings settings) throws IOException, GeneralSecurityException {
    this.redis = redis;
    this.settings = settings;
    try (var in = RedisGate.class.getResourceAsStream("/limit.lua")) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    sha =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8)));
    limit = Integer.toString(settings.rateLimit());
    windowMicros = Long.toString(settings.rateWindow().toNanos() / 1_000);
    policy = "\"default\";q=" + settings.rateLimit() + ";w=" + settings.rateWindow().toSeconds();
  }

  /** The limit of each key, as the header {@code RateLimit-Policy} states it. */
  String policy() {
    return policy;
  }

  Answer ask(long key) {
    return answer(send(List.of(limitOf(key))));
  }

  Answer askWithUser(long key, String user) {
    return settings.cache()
        ? answer(send(List.of(limitOf(key), Request.cmd(Command.GET).arg("user:" + user))))
        : ask(key);
  }

  void keep(long user, byte[] json) {
    if (settings.cache()) {
      send(
          List.of(
              Request.cmd(Command.SETEX)
                  .arg("user:" + user)
                  .arg(settings.cacheTtl().toSeconds())
                  .arg(json)));
    }
  }

  private Request limitOf(long key) {
    return Request.cmd(Command.EVALSHA)
        .arg(sha)
        .arg(1)
        .arg("limit:" + key)
        .arg(limit)
        .arg(windowMicros);
  }

  private List<Response> send(List<Request> requests) {
    return redis
        .batch(requests)
        .onFailure(RedisGate::isScriptUnknown)
        .recoverWithUni(
            () ->
                redis
                    .send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script))
                    .chain(() -> redis.batch(requests)))
        .await()
        .atMost(PATIENCE);
  }

  /** A Redis that was restarted has forgotten the script, and has not counted the request. */
  private static boolean isScriptUnknown(Throwable failure) {
    return failure.getMessage() != null && failure.getMessage().contains("NOSCRIPT");
  }

  private static Answer answer(List<Response> responses) {
    Response decision = responses.getFirst();
    long left = decision.get(0).toLong() - 1;
    long seconds = Math.ceilDiv(decision.get(1).toLong(), 1_000_000L);
    Response user = responses.size() > 1 ? responses.get(1) : null;
    return new Answer(left, seconds, user == null ? null : user.toBytes());
  }
}
