package ladder.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.Base16;

/**
 * A Lua script that answers with whole numbers. Redis runs it alone, so what it reads and writes is
 * one step. It is called by its digest and sent in full only to a Redis that does not hold it.
 * Immutable.
 */
public final class Script {
  final byte[] text;
  final String sha;

  /** A script that names its one key as KEYS[1]. */
  public Script(String text) {
    this.text = text.getBytes(UTF_8);
    this.sha = Base16.digest(this.text);
  }
}
