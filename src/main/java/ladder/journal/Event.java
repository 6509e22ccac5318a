package ladder.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happened and whom it concerns: the whole content of a journal entry.
 *
 * @param id stable through every repeat, so that receivers can drop the second copy
 * @param at when the row that it is about was made, by the database's clock
 * @param transactionId the xid8 of the transaction that makes it true, in decimal
 * @param requestId of the request that caused it, for the logs
 * @param traceparent W3C trace context of that request
 */
public record Event(
    UUID id,
    Kind kind,
    long userId,
    Instant at,
    String transactionId,
    @Nullable String requestId,
    @Nullable String traceparent) {

  /**
   * An event whose id, a name-based UUID (RFC 9562, version 3), follows from what happened, to whom
   * and when, all of which the database keeps too: wherever the same happening is found, its id is
   * the same. The time tells it from a user of the same number in another database, whose
   * Message-ID a mail server may know already.
   */
  public static Event of(
      Kind kind,
      long userId,
      Instant at,
      String transactionId,
      @Nullable String requestId,
      @Nullable String traceparent) {
    String name = "ladder:" + kind.action() + ":" + userId + ":" + at;
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    return new Event(id, kind, userId, at, transactionId, requestId, traceparent);
  }
}
