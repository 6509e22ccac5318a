package ladder.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ladder.cache.NoCache;
import ladder.failure.UnavailableException;
import ladder.harness.RawHttp;
import ladder.http.Listener;
import ladder.http.Route;
import ladder.http.Router;
import ladder.keys.ApiKey;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

class EffectsIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final ApiKey KEY = new ApiKey(1, "test", null, Instant.EPOCH, null);

  /** There is no database here: whoever asked for a connection would be answered 500. */
  @Test
  void aSignUpWhoseEffectsCannotFollowIsRefusedBeforeItTakesAConnection() throws Exception {
    Effects behind =
        new Effects(
            1,
            () -> {
              throw new UnavailableException("the journal's disk is behind");
            },
            (tx, events) -> {});
    Signup signup = new Signup(null, new NoCache(), null, behind, Clock.system());
    Listener.Options options =
        new Listener.Options(
            "effects", 0, "127.0.0.1", 10, "LADDER_", LIMIT, List.of(), LIMIT, true);
    Route route = new Route("POST", "/signup", request -> signup.signUp(request, KEY));
    try (Listener listener =
        new Listener(options, new Router(List.of(route)), _ -> {}, Clock.system())) {
      listener.start();
      String body = "{\"email\":\"ada@example.com\",\"name\":\"Ada\"}";
      try (RawHttp http = new RawHttp(listener.port(), LIMIT)) {
        RawHttp.Answer answer =
            http.send(
                    """
                    POST /signup HTTP/1.1
                    Host: a
                    Content-Type: application/json
                    Content-Length: %d

                    %s"""
                        .replace("\n", "\r\n")
                        .formatted(body.length(), body))
                .read();
        assertEquals(503, answer.status(), answer::body);
      }
    }
  }
}
