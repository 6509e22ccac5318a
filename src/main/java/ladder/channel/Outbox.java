package ladder.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;

/**
 * A directory of messages for an installation without a receiver. Written beside and renamed, so
 * that a reader never sees half a message; the same event writes the same name again. It grows by a
 * file for each sign-up and is never cleared from here: whoever runs without a receiver moves or
 * deletes the files, or sets the receiver's URL. Thread-safe.
 */
final class Outbox {
  private final Path dir;

  Outbox(Path dir) {
    this.dir = dir;
  }

  Delivery write(String name, byte[] content) {
    Path beside = dir.resolve("." + name + ".new");
    try {
      Files.createDirectories(dir);
      try (FileChannel file =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          file.write(left);
        }
        file.force(true);
      }
      Files.move(
          beside,
          dir.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      // The name as well: what is called delivered is not looked at again after power loss.
      try (FileChannel names = FileChannel.open(dir, StandardOpenOption.READ)) {
        names.force(true);
      }
      return new Delivered();
    } catch (IOException e) {
      return new Unavailable("the outbox cannot be written: " + e);
    }
  }
}
