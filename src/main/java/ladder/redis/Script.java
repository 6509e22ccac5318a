package ladder.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.Base16;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A Lua script that answers with whole numbers. Redis runs it alone, so what it reads and writes is
 * one step. It is called by its digest and sent in full only to a Redis that does not hold it.
 * Immutable.
 */
public final class Script {
  /**
   * Lua for the beginning of a script: {@code put(command, key, …)} runs a command that sets what
   * the key holds. A Redis whose memory is full refuses it and takes DEL, which is as safe where
   * nothing is held that cannot be found anew.
   */
  public static final String PUT_OR_DELETE =
      """
      local function put(command, key, ...)
        local done = redis.pcall(command, key, ...)
        if type(done) == 'table' and done.err then redis.call('DEL', key) end
      end
      """;

  private final byte[] text;
  private final String sha;

  /** A script that names its keys as KEYS[1] and so on. */
  public Script(String text) {
    this.text = text.getBytes(UTF_8);
    this.sha = Base16.digest(this.text);
  }

  /** A whole number as an argument. */
  public static byte[] argument(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  /** Belongs to the pipeline's event loop. */
  CompletionStage<List<Long>> run(Pipeline pipeline, byte[][] keys, byte[]... arguments) {
    return pipeline
        .commands
        .<List<Long>>evalsha(sha, ScriptOutputType.MULTI, keys, arguments)
        .exceptionallyCompose(
            failure -> {
              if (!(failure instanceof RedisNoScriptException)) {
                return CompletableFuture.failedStage(failure);
              }
              // Restarted or flushed: nothing has run.
              CompletionStage<List<Long>> inFull =
                  pipeline.commands.eval(text, ScriptOutputType.MULTI, keys, arguments);
              pipeline.connection.flushCommands();
              return inFull;
            });
  }
}
