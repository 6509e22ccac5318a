package ladder.http;

/** A request's body. */
final class Body {
  byte[] whole() {
    return new byte[0];
  }
}
