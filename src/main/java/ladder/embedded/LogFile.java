package ladder.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A log that a server appends to, cut at its start and read for what it said since. */
record LogFile(Path path) {
  /** Weeks of a healthy server; a log above it starts anew with its server. */
  private static final long BYTES_MAX = 4L * 1024 * 1024;

  /** What a message may carry of it: some twenty lines. */
  private static final int TAIL_BYTES = 2 * 1024;

  /** Readies the file for a start of its server; returns the position from which it will write. */
  long open() throws IOException {
    if (Files.exists(path) && Files.size(path) > BYTES_MAX) {
      Files.delete(path);
    }
    if (!Files.exists(path)) {
      PrivateFile.write(path, "");
    }
    return Files.size(path);
  }

  /** What was written from the position on: its last part, when that is long. */
  String since(long position) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long from = Math.max(position, channel.size() - TAIL_BYTES);
      ByteBuffer bytes = ByteBuffer.allocate(TAIL_BYTES);
      channel.read(bytes, from);
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
