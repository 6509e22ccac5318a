package ladder.http;

/** One thing wrong with one member of a request's body; {@code field} is "" for the whole. */
public record FieldError(String field, String message) {}
