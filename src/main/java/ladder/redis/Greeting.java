package ladder.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is exchanged on a new connection before it is used: which run of Redis answers, and that it
 * answers in time. So a Redis that is slow is away, and nobody waits for it.
 */
final class Greeting {
  private static final Pattern RUN_ID = Pattern.compile("run_id:(\\w{12})");

  /** A process that is late once is not late so often in a row, but a slow Redis is slow always. */
  private static final int PINGS_MAX = 3;

  private Greeting() {}

  /**
   * Closes the connection when it throws.
   *
   * @param infoMax for the first reply, from a process that may just have started
   * @param timeout for a reply
   * @return names the run of the server
   * @throws RedisConnectionException when a reply does not come
   */
  static String exchange(
      StatefulRedisConnection<byte[], byte[]> connection, Duration infoMax, Duration timeout) {
    try {
      String info =
          connection.async().info("server").get(infoMax.toMillis(), TimeUnit.MILLISECONDS);
      for (int pings = 1; !ponged(connection, timeout); pings++) {
        if (pings == PINGS_MAX) {
          throw new TimeoutException("no reply within " + timeout.toMillis() + " ms");
        }
      }
      Matcher runId = RUN_ID.matcher(info);
      return runId.find() ? runId.group(1) : "unnamed";
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      var _ = connection.closeAsync();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new RedisConnectionException("Redis does not answer in time", e);
    }
  }

  private static boolean ponged(
      StatefulRedisConnection<byte[], byte[]> connection, Duration timeout)
      throws ExecutionException, InterruptedException {
    try {
      String _ = connection.async().ping().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
