package ladder.bench;

import java.util.Arrays;
import java.util.Locale;

/** What is measured: a request and whether users are cached. */
enum Trial {
  PLAIN("GET /health/live", true),
  CACHED("GET /users/{id}, cached", true),
  UNCACHED("GET /users/{id}, from PostgreSQL", false),
  ORDERS("GET /users/{id}/orders?limit=20", true),
  SIGNUP("POST /signup", true);

  final String request;
  final boolean cacheOn;

  Trial(String request, boolean cacheOn) {
    this.request = request;
    this.cacheOn = cacheOn;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Trial named(String name) {
    return Arrays.stream(values())
        .filter(trial -> trial.label().equals(name.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no test %s: use one of %s."
                        .formatted(
                            name,
                            String.join(
                                ", ", Arrays.stream(values()).map(Trial::label).toList()))));
  }
}
