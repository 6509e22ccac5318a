package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import ladder.harness.Await;
import ladder.harness.Browser;
import ladder.harness.FakeSlack;
import ladder.harness.Load;
import ladder.harness.Proxy;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, where there is one. */
class PageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOKEN = "s3cret-token";
  private static final int PHONE = 360;

  private static Browser browser;
  private static FakeSlack slack;
  private static Proxy redis;
  private static TestApp app;

  private static void start() throws IOException {
    slack = new FakeSlack();
    redis = Proxy.to(TestServers.shared().redisUrl());
    app =
        TestApp.start(
            Map.of(
                "LADDER_ADMIN_TOKEN", TOKEN,
                "LADDER_SLACK_WEBHOOK_URL", slack.url(),
                "LADDER_REDIS_URL", redis.url(TestServers.shared().redisUrl())));
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
      app.close();
      redis.close();
      slack.close();
    }
  }

  /** Where there is no browser each test is skipped, so that the count of the skipped shows it. */
  @BeforeEach
  void signIn() throws IOException {
    if (browser == null) {
      browser = Browser.start();
      start();
    }
    browser.open(app.adminPort(), "/");
    if (browser.texts("#token").isEmpty()) {
      return;
    }
    browser.find("#token").sendKeys(TOKEN, Keys.ENTER);
    browser.awaitText("#connection", "live");
    // That of the form, whose answer is a 401.
    assertEquals(1, browser.complaints().size());
  }

  @AfterEach
  void complainsOfNothing() {
    if (browser == null) {
      return;
    }
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void letsInWhoeverHasTheToken() {
    browser.find("header form button").click();
    browser.find("#token").sendKeys("wrong", Keys.ENTER);
    browser.awaitText(".problem", "That is not the token.");
    assertFits();
    browser.find("#token").sendKeys(TOKEN, Keys.ENTER);
    browser.awaitText("#connection", "live");
    assertTrue(browser.complaints().stream().allMatch(line -> line.contains("401")));
  }

  @Test
  void showsRequestsWhileTheyAreMade() {
    String user = app.newUser();
    try (Load load = load(user)) {
      load.awaitMore(100);
      Await.until("a rate", PATIENCE, () -> isPositive("[data-tile=rate]"));
      Await.until("a latency", PATIENCE, () -> isPositive("[data-tile=p99]"));
      browser.awaitText("#chart-phases .legend", "cache");
      browser.awaitText("#rungs", "Hit ratio");
      browser.awaitText("#rungs", "5 min (set)");
    }
    Await.until("no requests", PATIENCE, () -> browser.text("[data-tile=rate]").equals("0"));
    assertTrue(
        browser
            .script("return document.querySelector('#chart-rate canvas').width > 0")
            .equals(true));
  }

  @Test
  void saysInATableAndALabelWhatTheChartsShow() {
    browser.find("#chart-rate summary").click();
    browser.awaitText("#chart-rate thead", "requests");
    Await.until("rows", PATIENCE, () -> !browser.texts("#chart-rate tbody tr").isEmpty());
    String label = browser.find("#chart-rate .plot").getAttribute("aria-label");
    assertTrue(label.startsWith("Throughput now: requests "), label);
  }

  @Test
  void createsAKeyWithItsLimitAndShowsItsSecretOnce() {
    browser.find("#keys [name=name]").sendKeys("Zoë <b>");
    browser.find("#keys [name=perMinute]").sendKeys("1");
    browser.find("#keys form button").click();
    String secret = browser.find("#keys .secret input").getAttribute("value");
    browser.awaitText("#keys tbody", "Zoë <b>");
    browser.awaitText("#keys tbody tr:first-child", "1 a minute");
    String user = app.newUser();
    assertEquals(200, app.keyed(secret).get(user).status());
    assertEquals(429, app.keyed(secret).get(user).status());
    browser.open(app.adminPort(), "/");
    browser.awaitText("#keys tbody", "Zoë <b>");
    assertFalse(browser.text("html").contains(secret));
    assertEquals(List.of(), browser.texts("#keys .secret input"));
  }

  @Test
  void saysWhatIsWrongWithAKey() {
    browser.find("#keys [name=name]").sendKeys(" ", Keys.ENTER);
    browser.awaitText("#keys .problem", "name");
    assertTrue(browser.complaints().stream().allMatch(line -> line.contains("422")));
  }

  @Test
  void revokesAKeyOnceItIsConfirmed() {
    JsonNode key = app.createKey("short-lived", null);
    String secret = key.get("key").textValue();
    String row = "[data-key='" + key.get("id").longValue() + "']";
    browser.open(app.adminPort(), "/");
    browser.find(row + " button").click();
    browser.awaitText("#confirm", "Revoke short-lived?");
    browser.find("#confirm [value=no]").click();
    String user = app.newUser();
    assertEquals(200, app.keyed(secret).get(user).status());
    browser.find(row + " button").click();
    browser.find("#confirm [value=yes]").click();
    browser.awaitText(row, "revoked");
    assertEquals(401, app.keyed(secret).get(user).status());
  }

  @Test
  void replaysADeadLetterAndDeletesAnother() {
    slack.answerAll(400);
    try {
      String first = awaitLetter(app.signUp("Ada"));
      String second = awaitLetter(app.signUp("Bob"));
      assertTrue(browser.text(first).contains("400"), browser.text(first));
      button(first, "Replay").click();
      browser.awaitText("#letters .problem", "it failed again and stays a dead letter");
      assertTrue(browser.complaints().stream().allMatch(line -> line.contains("503")));
      int before = slack.taken().size();
      slack.takeAll();
      button(first, "Replay").click();
      awaitGone(first);
      assertEquals(before + 1, slack.taken().size());
      button(second, "Delete").click();
      browser.find("#confirm [value=yes]").click();
      awaitGone(second);
      assertEquals(before + 1, slack.taken().size());
    } finally {
      slack.takeAll();
    }
  }

  @Test
  void showsThatRedisIsAwayAndWhatItMeans() {
    String user = app.newUser();
    redis.cut();
    try {
      assertEquals(200, app.api().get(user).status());
      browser.awaitText("#notices", "Redis does not answer");
      browser.awaitText("#rungs", "Redis is away");
    } finally {
      redis.restore();
    }
    Await.until("its end", PATIENCE, () -> browser.text("#notices").isEmpty());
    browser.awaitText("#rungs", "Redis answers");
  }

  @Test
  void isUsedByTheKeyboardAlone() {
    browser.tabTo("#keys [name=name]");
    assertTrue(isFocusVisible());
    browser.press("by keyboard", Keys.TAB, "7", Keys.ENTER);
    browser.awaitText("#keys tbody tr:first-child", "by keyboard");
    Await.until("the secret has the focus", PATIENCE, () -> isFocused(".secret input"));
    browser.tabTo("[aria-label='Revoke by keyboard']");
    browser.press(Keys.ENTER);
    Await.until("the dialog has the focus", PATIENCE, () -> isFocused("#confirm [value=no]"));
    browser.press(Keys.ESCAPE);
    Await.until("the focus is back", PATIENCE, () -> isFocused("[aria-label^=Revoke]"));
    browser.press(Keys.ENTER);
    browser.tabTo("#confirm [value=yes]");
    browser.press(Keys.ENTER);
    browser.awaitText("#keys tbody tr:first-child", "revoked");
  }

  @Test
  void fitsAPhone() {
    browser.resize(PHONE, 800);
    try (Load load = load(app.newUser())) {
      load.awaitMore(50);
      browser.awaitText("#rungs", "Hit ratio");
      assertFits();
    } finally {
      browser.resize(1280, 900);
    }
    assertFits();
  }

  private static void assertFits() {
    assertEquals(true, browser.script("return document.documentElement.scrollWidth <= innerWidth"));
  }

  private static Load load(String user) {
    String key = app.newKey("load", 100_000);
    return new Load(app.port(), key, 2, (client, _) -> client.get(user));
  }

  /** The selector of the row of this user's letter, once it is listed. */
  private static String awaitLetter(JsonNode user) {
    browser.awaitText("#letters tbody", user.get("email").textValue());
    Object id =
        browser.script(
            "return Array.from(document.querySelectorAll('[data-letter]'))"
                + ".find(r => r.innerText.includes(arguments[0])).dataset.letter",
            user.get("email").textValue());
    return "[data-letter='" + id + "']";
  }

  private static WebElement button(String row, String action) {
    return browser.find(row + " button[aria-label^=" + action + "]");
  }

  private static void awaitGone(String selector) {
    Await.until(selector + " is gone", PATIENCE, () -> browser.texts(selector).isEmpty());
  }

  private static boolean isPositive(String tile) {
    return browser.text(tile).matches(".*[1-9].*");
  }

  private static boolean isFocused(String selector) {
    return (boolean)
        browser.script("return document.activeElement.matches(arguments[0])", selector);
  }

  private static boolean isFocusVisible() {
    return (boolean)
        browser.script(
            "return getComputedStyle(document.activeElement).outlineStyle === 'solid'"
                + " && document.activeElement.matches(':focus-visible')");
  }
}
