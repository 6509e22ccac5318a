package ladder.embedded;

/** This system, as {@code Config} would describe it. */
final class Here {
  static final Platform PLATFORM =
      new Platform(
          System.getProperty("os.name"),
          System.getProperty("os.arch"),
          System.getProperty("user.name"));

  private Here() {}
}
