package ladder.redis;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import ladder.time.Clock;

/** The shared Redis, as a node has it, behind a proxy that takes it away and brings it back. */
public final class RedisFixture implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String URL = TestServers.shared().redisUrl();

  public final Proxy proxy = Proxy.to(URL);
  public final Redis redis;

  public RedisFixture(Duration timeout) {
    this.redis = connect(proxy.url(URL), timeout);
  }

  /** A client of the shared Redis without a proxy. */
  public static Redis connect(Duration timeout) {
    return connect(URL, timeout);
  }

  public static Redis connect(String url, Duration timeout) {
    return new Redis(new Redis.Options(url, timeout), new SimpleMeterRegistry(), Clock.system());
  }

  /** Returns when the client knows that Redis is gone. */
  public void cut() {
    proxy.cut();
    Await.until("Redis away", PATIENCE, () -> !redis.answers());
  }

  /** Returns when the client has Redis again. */
  public void restore() {
    proxy.restore();
    Await.until("an answer of Redis", PATIENCE, () -> answers(redis));
  }

  public static boolean answers(Redis redis) {
    try {
      Object _ = redis.get("test:absent").await();
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  @Override
  public void close() {
    redis.close();
    proxy.close();
  }
}
