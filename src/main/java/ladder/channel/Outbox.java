package ladder.channel;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.function.Predicate;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Event;
import ladder.journal.Kind;

/**
 * A channel without a receiver: a directory with a file for each message, ready to be sent. Written
 * beside and renamed, so that a reader never sees half a message; the same event writes the same
 * name again. It grows with each sign-up and is never cleared from here: whoever runs without a
 * receiver moves or deletes the files, or sets the receiver's URL. Thread-safe.
 */
record Outbox(String name, Path dir, String suffix, Predicate<Kind> wanted, Format format)
    implements Channel {
  /** Turns an event into the file's content. */
  interface Format {
    byte[] bytes(Event event) throws MessagingException, IOException;
  }

  static Outbox slack(Path dir) {
    return new Outbox(SlackChannel.NAME, dir, ".json", SlackFormat::posts, SlackFormat::json);
  }

  static Outbox email(String from, Path dir) {
    MailFormat mail = new MailFormat(from);
    Session session = Session.getInstance(new Properties());
    return new Outbox(
        EmailChannel.NAME,
        dir,
        ".eml",
        MailFormat::sends,
        event -> {
          MimeMessage message = mail.message(session, event);
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          message.writeTo(bytes);
          return bytes.toByteArray();
        });
  }

  /** One at a time: each file is forced to the disk, where the journal and a database wait too. */
  @Override
  public int concurrency(int configured) {
    return 1;
  }

  @Override
  public boolean wants(Kind kind) {
    return wanted.test(kind);
  }

  @Override
  public Delivery deliver(Event event) {
    Path beside = dir.resolve("." + event.id() + suffix + ".new");
    try {
      byte[] content = format.bytes(event);
      Files.createDirectories(dir);
      Files.write(beside, content, CREATE, TRUNCATE_EXISTING, WRITE, SYNC);
      Files.move(beside, dir.resolve(event.id() + suffix), StandardCopyOption.ATOMIC_MOVE);
      // The name as well: what is called delivered is not looked at again after power loss.
      try (FileChannel names = FileChannel.open(dir, READ)) {
        names.force(true);
      }
      return new Delivered();
    } catch (MessagingException e) {
      return MailFormat.refusal(e);
    } catch (IOException e) {
      return new Unavailable("the outbox cannot be written: " + e);
    }
  }
}
