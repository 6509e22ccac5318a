package ladder.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.SessionNotCreatedException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.opentest4j.TestAbortedException;

/** A Chromium without a window, with a profile of its own, driven by chromedriver. */
public final class Browser implements AutoCloseable {
  /**
   * Kept, since the settings of a logger go with it. It misses a protocol that is not used here.
   */
  private static final Logger PROTOCOLS =
      Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Path profile = Path.of("target", "browser-" + UUID.randomUUID()).toAbsolutePath();
  private final ChromeDriver driver;

  private Browser(Path browser, Path driverProgram, int width, int height) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driverProgram.toFile())
            .usingAnyFreePort()
            .build();
    PROTOCOLS.setLevel(Level.SEVERE);
    this.driver = new ChromeDriver(service, options);
    resize(width, height);
  }

  /**
   * Starts it. Where there is none, or one that its driver does not fit, the test is skipped with a
   * message that says what to install; in CI it fails.
   */
  public static Browser start() {
    Optional<Path> browser = BROWSERS.stream().flatMap(Browser::installed).findFirst();
    Optional<Path> driver = installed("chromedriver").findFirst();
    if (browser.isEmpty() || driver.isEmpty()) {
      throw absent("there is none on the PATH");
    }
    try {
      return new Browser(browser.get(), driver.get(), 1280, 900);
    } catch (SessionNotCreatedException e) {
      throw absent(e.getRawMessage());
    }
  }

  private static RuntimeException absent(String reason) {
    String message = "needs Chromium (apt install chromium chromium-driver), but " + reason;
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(message);
    }
    return new TestAbortedException(message);
  }

  private static Stream<Path> installed(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable);
  }

  /** The size of the page itself, in CSS pixels. */
  public void resize(int width, int height) {
    Object _ =
        driver.executeCdpCommand(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** What {@code prefers-color-scheme} answers: "light" or "dark". */
  public void prefer(String scheme) {
    Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    Object _ =
        driver.executeCdpCommand(
            "Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  public void open(int port, String path) {
    driver.get("http://127.0.0.1:" + port + path);
  }

  /** The first element that a CSS selector finds, once it is there and shown. */
  public WebElement find(String selector) {
    Await.until(selector, PATIENCE, () -> isShown(selector));
    return driver.findElement(By.cssSelector(selector));
  }

  private boolean isShown(String selector) {
    try {
      return driver.findElements(By.cssSelector(selector)).stream()
          .anyMatch(WebElement::isDisplayed);
    } catch (StaleElementReferenceException e) {
      return false;
    }
  }

  /** The texts of all elements that a selector finds now. */
  @SuppressWarnings("unchecked") // a script that returns a list of strings
  public List<String> texts(String selector) {
    return (List<String>)
        script(
            "return Array.from(document.querySelectorAll(arguments[0]), e => e.innerText)",
            selector);
  }

  public String text(String selector) {
    return String.join("\n", texts(selector));
  }

  /** Waits until an element has a text that contains this one. */
  public void awaitText(String selector, String wanted) {
    Await.until(wanted + " in " + selector, PATIENCE, () -> text(selector).contains(wanted));
  }

  /** Sends keys to whatever has the focus. */
  public void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Presses the tabulator until an element that the selector matches has the focus. */
  public void tabTo(String selector) {
    for (int i = 0; i < 100; i++) {
      press(Keys.TAB);
      if ((boolean) script("return document.activeElement.matches(arguments[0])", selector)) {
        return;
      }
    }
    throw new AssertionError("the keyboard does not reach " + selector);
  }

  public Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(script, arguments);
  }

  /** Errors and warnings on the console since the last call, violations of the policy included. */
  public List<String> complaints() {
    Stream<LogEntry> entries = driver.manage().logs().get(LogType.BROWSER).getAll().stream();
    return entries
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** The whole page as a PNG, below the fold, too. */
  public byte[] screenshot() {
    Number height = (Number) script("return document.documentElement.scrollHeight");
    Number width = (Number) script("return innerWidth");
    Number shown = (Number) script("return innerHeight");
    resize(width.intValue(), height.intValue());
    byte[] png = driver.getScreenshotAs(OutputType.BYTES);
    resize(width.intValue(), shown.intValue());
    return png;
  }

  @Override
  public void close() {
    driver.quit();
    TestServers.deleteTree(profile);
  }

  /** Writes a file, with the directories above it. */
  public static void save(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
