package ladder.store;

import java.time.Instant;
import ladder.journal.Event;

/** An effect that a channel gave up, with what was to be delivered and why it was not. */
public record DeadLetter(
    long id, String channel, Event event, int attempts, String reason, Instant diedAt) {}
