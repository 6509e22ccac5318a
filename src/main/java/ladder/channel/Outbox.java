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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Event;
import ladder.journal.Kind;
import ladder.time.Batches;

/**
 * A channel without a receiver: a directory with a file for each message, ready to be sent. Written
 * beside and renamed, so that a reader never sees half a message; the same event writes the same
 * name again. It grows with each sign-up and is never cleared from here: whoever runs without a
 * receiver moves or deletes the files, or sets the receiver's URL. Thread-safe.
 */
final class Outbox implements Channel {
  /** Files whose names are flushed, and which are recorded as delivered, together. */
  private static final int BATCH = 128;

  /** More than a batch takes on a disk that is not standing still. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(1);

  /** Turns an event into the file's content. */
  interface Format {
    byte[] bytes(Event event) throws MessagingException, IOException;
  }

  private final String name;
  private final Path dir;
  private final String suffix;
  private final Predicate<Kind> wanted;
  private final Format format;

  /** One at a time, since requests wait for the same disk. */
  private final Batches<Event, Delivery> batches;

  private Outbox(String name, Path dir, String suffix, Predicate<Kind> wanted, Format format) {
    this.name = name;
    this.dir = dir;
    this.suffix = suffix;
    this.wanted = wanted;
    this.format = format;
    this.batches = new Batches<>("outbox-" + name, 1, BATCH, WAIT_MAX, this::write);
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

  @Override
  public String name() {
    return name;
  }

  /** A repeated delivery only writes the same file again. */
  @Override
  public int concurrency(int configured) {
    return BATCH;
  }

  @Override
  public boolean wants(Kind kind) {
    return wanted.test(kind);
  }

  @Override
  public Delivery deliver(Event event) {
    return batches.submit(event);
  }

  private List<Delivery> write(List<Event> events) {
    try {
      Files.createDirectories(dir);
      List<Delivery> deliveries = new ArrayList<>();
      for (Event event : events) {
        deliveries.add(write(event));
      }
      // The names as well: what is called delivered is not looked at again after power loss.
      try (FileChannel names = FileChannel.open(dir, READ)) {
        names.force(true);
      }
      return deliveries;
    } catch (IOException e) {
      return Collections.nCopies(
          events.size(), new Unavailable("the outbox cannot be written: " + e));
    }
  }

  private Delivery write(Event event) throws IOException {
    Path beside = dir.resolve("." + event.id() + suffix + ".new");
    try {
      Files.write(beside, format.bytes(event), CREATE, TRUNCATE_EXISTING, WRITE, SYNC);
      Files.move(beside, dir.resolve(event.id() + suffix), StandardCopyOption.ATOMIC_MOVE);
      return new Delivered();
    } catch (MessagingException e) {
      return MailFormat.refusal(e);
    }
  }
}
