package ladder.measure;

import org.jspecify.annotations.Nullable;

/**
 * A request that was answered, as all who count see it.
 *
 * @param route the template, or "none"
 * @param method a well-known one, or "OTHER": labels must be few
 * @param status as answered; 499 when the client left before it had its answer
 * @param caller names the key of whoever asked; null when it is not known
 * @param nanos from the request's parsed head to the answer's last byte
 * @param timings where the time went
 */
public record Answered(
    String route,
    String method,
    int status,
    String requestId,
    @Nullable String caller,
    long nanos,
    Timings timings) {}
