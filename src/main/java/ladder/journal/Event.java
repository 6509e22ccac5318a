package ladder.journal;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happened and whom it concerns: the whole content of a journal entry.
 *
 * @param id stable through every repeat, so that receivers can drop the second copy
 * @param transactionId the xid8 of the transaction that makes it true, in decimal
 * @param requestId of the request that caused it, for the logs
 * @param traceparent W3C trace context of that request
 */
public record Event(
    UUID id,
    String action,
    long userId,
    String email,
    String name,
    Instant at,
    String transactionId,
    @Nullable String requestId,
    @Nullable String traceparent) {
  /** The action of a sign-up. */
  public static final String SIGNED_UP = "user.signed_up";
}
