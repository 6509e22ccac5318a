package ladder.admin;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import ladder.harness.Await;
import ladder.harness.Browser;
import ladder.harness.FakeSlack;
import ladder.harness.KillableServers;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.RawHttp.Answer;
import ladder.harness.ServerPids.Server;
import org.junit.jupiter.api.Test;

/**
 * Takes the pictures of the documents; not a test. {@code scripts/screenshots} runs it: a node of
 * its own, idle and under a load that does not fill the machine, while Redis answers and not.
 */
class Screenshots {
  private static final Path HERE = Path.of("src", "site", "resources", "images");
  private static final Duration WAIT_MAX = Duration.ofMinutes(5);
  private static final Random RANDOM = new Random(7);

  /** Enough of them to show a curve. */
  private static final int POINTS = 75;

  private static final int COLORS = 256;
  private static final int CLIENTS = 8;
  private static final int USERS = 2_000;

  /** What a client thinks between two requests. */
  private static final Duration THOUGHT = Duration.ofMillis(20);

  private LadderProcess node;
  private Browser browser;
  private List<String> users;

  @Test
  void take() throws IOException {
    KillableServers servers = KillableServers.shared();
    try (FakeSlack slack = new FakeSlack();
        Browser chromium = Browser.start();
        LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("pictures"),
                servers.settings("LADDER_SLACK_WEBHOOK_URL", slack.url()))) {
      node = ladder;
      browser = chromium;
      users = users(ladder.createKey("loader", 100_000), slack);
      String web = ladder.createKey("web-shop", 100_000);
      String crawler = ladder.createKey("crawler", 300);
      browser.open(node.adminPort(), "/");
      awaitPoints(45);
      save("page-idle");
      try (Load shop = new Load(node.port(), web, CLIENTS, this::shop);
          Load noisy = new Load(node.port(), crawler, 1, this::crawl)) {
        awaitPoints(45 + POINTS);
        save("page-load");
        browser.prefer("dark");
        save("page-load-dark");
        browser.resize(360, 800);
        browser.prefer("light");
        save("page-narrow");
        browser.resize(1280, 900);
        servers.killForGood(Server.REDIS);
        browser.awaitText("#notices", "Redis does not answer");
        awaitPoints(45 + POINTS + 25);
        save("page-redis-away");
        servers.letBack(Server.REDIS);
        Load _ = shop.stop();
        Load _ = noisy.stop();
      }
    }
  }

  /** Their paths; Slack refuses the messages of three, which become dead letters. */
  private List<String> users(String key, FakeSlack slack) throws IOException {
    List<String> paths = new ArrayList<>();
    try (LadderClient client = node.client(key)) {
      slack.answerAll(400);
      for (int i = 0; i < 3; i++) {
        paths.add(client.signUp("refused-" + i + "@example.com").header("Location"));
      }
      try (LadderClient admin = node.admin()) {
        Await.until("dead letters", WAIT_MAX, () -> letters(admin) == 3);
      }
      slack.takeAll();
      while (paths.size() < USERS) {
        paths.add(client.signUp("user-" + paths.size() + "@example.com").header("Location"));
      }
    }
    return paths;
  }

  private static int letters(LadderClient admin) {
    try {
      return LadderClient.json(admin.get("/journal/dead")).get("dead").size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Mostly reads of users, some popular; orders; now and then a sign-up. */
  private Answer shop(LadderClient client, int number) throws IOException {
    LockSupport.parkNanos(THOUGHT.toNanos());
    String user = users.get((int) (USERS * Math.pow(RANDOM.nextDouble(), 4)));
    return switch (number % 20) {
      case 0 -> client.signUp("shop-" + number + "@example.com");
      case 1, 2 ->
          client.post(user + "/orders", "{\"item\":\"tea\",\"quantity\":2,\"unitPriceCents\":450}");
      case 3, 4, 5, 6 -> client.get(user + "/orders?limit=20");
      default -> client.get(user);
    };
  }

  private Answer crawl(LadderClient client, int number) throws IOException {
    LockSupport.parkNanos(THOUGHT.toNanos());
    return client.get(users.get(number % USERS));
  }

  private void awaitPoints(int wanted) {
    Await.until(
        wanted + " points",
        WAIT_MAX,
        () ->
            Integer.parseInt(browser.find("#chart-rate .plot").getDomAttribute("data-points"))
                >= wanted);
  }

  /** A thin line has few pixels, but its colour is what tells it from the others. */
  private static long weight(Map.Entry<Integer, Integer> use) {
    Color color = new Color(use.getKey());
    int most = Math.max(color.getRed(), Math.max(color.getGreen(), color.getBlue()));
    int least = Math.min(color.getRed(), Math.min(color.getGreen(), color.getBlue()));
    return (long) use.getValue() * (1 + most - least);
  }

  /** With a palette of the colours that the picture has most of, a third of the size. */
  private void save(String name) throws IOException {
    BufferedImage shot = ImageIO.read(new ByteArrayInputStream(browser.screenshot()));
    Map<Integer, Integer> uses = new HashMap<>();
    int[] pixels = shot.getRGB(0, 0, shot.getWidth(), shot.getHeight(), null, 0, shot.getWidth());
    for (int pixel : pixels) {
      uses.merge(pixel, 1, Integer::sum);
    }
    int[] palette =
        uses.entrySet().stream()
            .sorted(Comparator.comparingLong(Screenshots::weight).reversed())
            .limit(COLORS)
            .mapToInt(Map.Entry::getKey)
            .toArray();
    BufferedImage reduced =
        new BufferedImage(
            shot.getWidth(),
            shot.getHeight(),
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.length, palette, 0, false, -1, DataBuffer.TYPE_BYTE));
    reduced.setRGB(0, 0, shot.getWidth(), shot.getHeight(), pixels, 0, shot.getWidth());
    Path file = Files.createDirectories(HERE).resolve(name + ".png");
    if (!ImageIO.write(reduced, "png", file.toFile())) {
      throw new AssertionError("no PNG");
    }
    System.out.println(file + ": " + Files.size(file) + " bytes");
  }
}
