package bench;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service on Spring Boot. What was chosen, and the page of the documentation that recommends it
 * (https://docs.spring.io/spring-boot/reference, /spring-framework/reference and
 * /spring-data/redis/reference):
 *
 * <ul>
 *   <li>Spring MVC on Tomcat, each request on a virtual thread: {@code spring.threads.virtual}
 *       (features/spring-application.html#features.spring-application.virtual-threads).
 *   <li>Errors as problem details by a {@code ResponseEntityExceptionHandler}
 *       (web/webmvc/mvc-ann-rest-exceptions.html); what must precede every handler is a {@code
 *       HandlerInterceptor} (web/webmvc/mvc-config/interceptors.html), so that what it refuses is
 *       counted for the right route.
 *   <li>{@code JdbcClient} on a HikariCP pool (data/sql.html#data.sql.jdbc-client), without an ORM.
 *   <li>{@code RedisTemplate} on Lettuce's shared connection (data/nosql.html#data.nosql.redis),
 *       with a {@code RedisScript} for the limit (redis/scripting.html): one call, exact over a
 *       sliding window. Bucket4j asks Redis twice, compares and swaps, and a bucket lets up to two
 *       limits through in one window.
 *   <li>Micrometer's {@code http.server.requests} by Actuator (actuator/metrics.html).
 *   <li>Tomcat's access log, buffered, to standard output
 *       (/spring-boot/how-to/webserver.html#howto.webserver.configure-access-logs).
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
class Application implements WebMvcConfigurer {
  /** What the environment says, by way of application.yaml. */
  @ConfigurationProperties("app")
  record Settings(
      boolean cache, Duration cacheTtl, int rateLimit, Duration rateWindow, Path dataDir) {}

  private final Admission admission;

  Application(Admission admission) {
    this.admission = admission;
  }

  static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(admission).excludePathPatterns("/health/live", "/error");
  }

  @Bean
  static RedisTemplate<String, User> userTemplate(
      RedisConnectionFactory connections, JsonMapper json) {
    RedisTemplate<String, User> template = new RedisTemplate<>();
    template.setConnectionFactory(connections);
    template.setKeySerializer(RedisSerializer.string());
    template.setValueSerializer(new JacksonJsonRedisSerializer<>(json, User.class));
    return template;
  }
}
