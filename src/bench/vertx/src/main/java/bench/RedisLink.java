package bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The connection of one event loop, on which all its requests are pipelined. A lost one is made
 * anew for the next request.
 */
final class RedisLink {
  private static final int WAITING_MAX = 64 * 1024;
  private static final String LIMIT = script();

  private final Redis redis;
  private Future<RedisConnection> connection;
  private String limitSha;

  RedisLink(Vertx vertx, Config config) {
    RedisOptions options =
        new RedisOptions()
            .setConnectionString("redis://" + config.redisHost() + ":" + config.redisPort())
            .setMaxPoolSize(1)
            .setMaxWaitingHandlers(WAITING_MAX);
    if (!config.redisPassword().isEmpty()) {
      options.setPassword(config.redisPassword());
    }
    this.redis = Redis.createClient(vertx, options);
  }

  Future<RedisConnection> connect() {
    if (connection == null || connection.failed()) {
      connection = redis.connect().compose(this::prepare);
    }
    return connection;
  }

  Future<Response> send(Request command) {
    return batch(List.of(command)).map(List::getFirst);
  }

  /**
   * Sends all in one write, and answers when all have their answers. They are sent again when Redis
   * has forgotten the script.
   */
  Future<List<Response>> batch(List<Request> commands) {
    return connect()
        .compose(
            open ->
                open.batch(commands)
                    .recover(
                        failure ->
                            String.valueOf(failure.getMessage()).contains("NOSCRIPT")
                                ? prepare(open).compose(loaded -> loaded.batch(commands))
                                : Future.failedFuture(failure)));
  }

  /** The SHA-1 of the limiter's script, which every connection has loaded before it is used. */
  String limitSha() {
    return limitSha;
  }

  private Future<RedisConnection> prepare(RedisConnection open) {
    open.exceptionHandler(failure -> lost(open));
    open.endHandler(end -> lost(open));
    return open.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(LIMIT))
        .map(
            sha -> {
              limitSha = sha.toString();
              return open;
            })
        .onFailure(
            failure -> {
              lost(open);
              open.close();
            });
  }

  private void lost(RedisConnection open) {
    if (connection != null && connection.result() == open) {
      connection = null;
    }
  }

  private static String script() {
    try (InputStream in = RedisLink.class.getResourceAsStream("/limit.lua")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
