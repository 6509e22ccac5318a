package ladder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import ladder.admin.Feed.Frame;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

/** What it costs to look, and that it costs nothing not to. */
class FeedTest {
  private final FakeClock clock = new FakeClock();
  private final List<Boolean> watched = new ArrayList<>();
  private int taken;
  private final Feed feed = new Feed(new Numbered(), clock);

  /** Snapshots that say which they are. */
  private final class Numbered implements Feed.Source {
    @Override
    public Map<String, Object> snapshot() {
      taken++;
      return Map.of("at", clock.now().toEpochMilli(), "traffic", Map.of("number", taken));
    }

    @Override
    public void watched(boolean on) {
      watched.add(on);
    }
  }

  @Test
  void takesNothingWhileNobodyLooks() {
    clock.advance(Duration.ofHours(1));
    assertEquals(0, taken);
    assertEquals(List.of(), watched);
  }

  @Test
  void tenViewersShareOneSnapshotASecond() throws InterruptedException {
    Frame[] seen = new Frame[10];
    for (int second = 1; second <= 5; second++) {
      for (int viewer = 0; viewer < seen.length; viewer++) {
        seen[viewer] = feed.next(seen[viewer] == null ? 0 : seen[viewer].number());
        assertEquals(second, seen[viewer].number());
      }
      assertEquals(second, taken);
      clock.advance(Feed.PERIOD);
    }
  }

  @Test
  void aViewerThatDidNotReadMissesWhatWasTakenMeanwhile() throws InterruptedException {
    Frame slow = feed.next(0);
    Frame other = slow;
    for (int second = 0; second < 20; second++) {
      clock.advance(Feed.PERIOD);
      other = feed.next(other.number());
    }
    assertEquals(other, feed.next(slow.number()));
    assertEquals(21, taken);
  }

  @Test
  void isWatchedFromTheFirstViewerToTheLast() {
    assertTrue(feed.enter());
    assertTrue(feed.enter());
    feed.leave();
    assertEquals(List.of(true), watched);
    feed.leave();
    assertEquals(List.of(true, false), watched);
  }

  @Test
  void turnsAwayThoseWhoAreTooMany() throws IOException {
    for (int i = 0; i < Feed.VIEWERS_MAX; i++) {
      assertTrue(feed.enter());
    }
    assertEquals("event: full\ndata: {\"viewersMax\":32}\n\n", streamed(0));
    assertEquals(0, taken);
    feed.leave();
    assertTrue(feed.enter(), "the place of who left");
  }

  @Test
  void asksForARenewalAndEndsBeforeTheEngineWouldEndIt() throws IOException {
    String stream = streamed(0);
    assertEquals(1, count("event: renew", stream));
    assertEquals(taken, count("event: snapshot", stream));
    assertTrue(stream.indexOf("event: renew") < stream.lastIndexOf("event: snapshot"));
    assertTrue(Feed.END.compareTo(Duration.ofSeconds(60)) < 0);
    assertEquals(List.of(true, false), watched);
  }

  @Test
  void whoComesLaterGetsThePointsOfTheLastFiveMinutesOrThoseItLacks() throws Exception {
    for (int second = 0; second < 400; second++) {
      clock.advance(Feed.PERIOD);
      Frame _ = feed.next(0);
    }
    assertEquals(Feed.POINTS_MAX, count("number", historyOf(streamed(0))));
    long since = clock.now().toEpochMilli();
    clock.advance(Feed.PERIOD);
    Frame _ = feed.next(0);
    assertEquals("[{\"number\":" + taken + "}]", historyOf(streamed(since)));
  }

  @Test
  void aViewerThatLeavesEndsItsStream() {
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    assertThrows(IOException.class, () -> feed.stream(gone, 0));
    assertEquals(List.of(true, false), watched);
    assertFalse(Thread.interrupted());
  }

  /** A whole stream, with a second passing whenever something is sent. */
  private String streamed(long since) throws IOException {
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            clock.advance(Feed.PERIOD);
          }
        };
    feed.stream(out, since);
    return out.toString(UTF_8);
  }

  private static String historyOf(String stream) {
    String head = "event: history\ndata: ";
    assertTrue(stream.startsWith(head), stream);
    return stream.substring(head.length(), stream.indexOf("\n\n"));
  }

  private static int count(String part, String text) {
    return (int) Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }
}
