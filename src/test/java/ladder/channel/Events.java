package ladder.channel;

import java.time.Instant;
import java.util.UUID;
import ladder.journal.Event;
import ladder.journal.Kind.SignedUp;

/** Events for the channels' tests. */
final class Events {
  static final UUID ID = UUID.fromString("0190a5b0-0000-7000-8000-000000000001");

  private Events() {}

  static Event signUp(String email, String name) {
    return new Event(
        ID,
        new SignedUp(email, name),
        42,
        Instant.parse("2026-11-24T10:00:00Z"),
        "1000",
        "request-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  }
}
