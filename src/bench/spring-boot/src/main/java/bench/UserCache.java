package bench;

import bench.Application.Settings;
import java.time.Duration;
import java.util.Optional;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.stereotype.Component;

/** Users in Redis, as the JSON that they are answered with. */
@Component
class UserCache {
  private final RedisTemplate<String, User> redis;
  private final boolean on;
  private final Duration ttl;

  UserCache(RedisTemplate<String, User> redis, Settings settings) {
    this.redis = redis;
    this.on = settings.cache();
    this.ttl = settings.cacheTtl();
  }

  Optional<User> get(long id) {
    return on ? Optional.ofNullable(redis.opsForValue().get(key(id))) : Optional.empty();
  }

  void put(User user) {
    if (on) {
      redis.opsForValue().set(key(user.id()), user, ttl);
    }
  }

  private static String key(long id) {
    return "user:" + id;
  }
}
