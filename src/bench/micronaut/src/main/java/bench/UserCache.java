package bench;

import io.lettuce.core.api.StatefulRedisConnection;
import io.micronaut.json.JsonMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;

/** Users in Redis, as the JSON that they are answered with. */
@Singleton
class UserCache {
  private final StatefulRedisConnection<String, String> redis;
  private final JsonMapper json;
  private final boolean on;
  private final long ttlSeconds;

  UserCache(StatefulRedisConnection<String, String> redis, JsonMapper json, Settings settings) {
    this.redis = redis;
    this.json = json;
    this.on = settings.cache();
    this.ttlSeconds = settings.cacheTtl().toSeconds();
  }

  Optional<User> get(long id) throws IOException {
    String found = on ? redis.sync().get(key(id)) : null;
    return found == null ? Optional.empty() : Optional.of(json.readValue(found, User.class));
  }

  void put(User user) throws IOException {
    if (on) {
      redis.sync().setex(key(user.id()), ttlSeconds, json.writeValueAsString(user));
    }
  }

  private static String key(long id) {
    return "user:" + id;
  }
}
