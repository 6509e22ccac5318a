package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.config.Config;
import io.helidon.http.media.MediaContext;
import io.helidon.http.media.jackson.JacksonSupport;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The service on Helidon SE: its WebServer handles each request on a virtual thread, and everything
 * waits in plain blocking style (https://helidon.io/docs/v4/se/webserver/webserver). Access log and
 * metrics are its features, configured in {@code application.yaml}; JSON is its Jackson support
 * (same page, "Media types support"). There is no dependency injection: parts meet here.
 */
final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException {
    Config config = Config.create();
    Config.global(config);
    ObjectMapper json =
        JsonMapper.builder()
            .findAndAddModules()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();
    Config bench = config.get("bench");
    var database = database(bench);
    var redis = new RedisGate(bench);
    var gate = new Gate(new ApiKeys(database), redis);

    WebServer.builder()
        .config(config.get("server"))
        .mediaContext(
            MediaContext.builder()
                .mediaSupportsDiscoverServices(false)
                .addMediaSupport(JacksonSupport.create(json))
                .build())
        .routing(
            routing ->
                routing
                    .addFilter(new RequestTimer())
                    .addFeature(new Problems(json))
                    .get("/health/live", Main::live)
                    .register(new UserService(gate, new Users(database, json), redis, json)))
        .build()
        .start();

    var outbox = new Outbox(database, json, Path.of(bench.get("data.dir").asString().get()));
    Thread.ofVirtual().name("outbox").start(outbox);
  }

  private record Health(String status) {}

  private static void live(ServerRequest request, ServerResponse response) {
    response.send(new Health("live"));
  }

  /** A pool of fixed size. The driver prepares on the server what it has seen five times. */
  private static HikariDataSource database(Config bench) {
    Config db = bench.get("db");
    int size = bench.get("pool.size").asInt().get();
    var pool = new HikariConfig();
    pool.setJdbcUrl(
        "jdbc:postgresql://%s:%d/%s"
            .formatted(
                db.get("host").asString().get(),
                db.get("port").asInt().get(),
                db.get("name").asString().get()));
    pool.setUsername(db.get("user").asString().get());
    pool.setPassword(db.get("password").asString().get());
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(size);
    return new HikariDataSource(pool);
  }
}
