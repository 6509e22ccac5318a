package ladder;

/**
 * The jar's main class, compiled for Java 8 so that an older JDK can load it and says in one
 * sentence what it lacks, instead of an UnsupportedClassVersionError. Keep it to the syntax of Java
 * 8 and to no reference to the rest of Ladder but by name.
 */
public final class Launcher {
  private static final int JDK_MIN = 25;

  private Launcher() {}

  public static void main(String[] args) throws Exception {
    String version = System.getProperty("java.specification.version");
    if (version.startsWith("1.") || Integer.parseInt(version) < JDK_MIN) {
      System.err.println(
          "ladder: needs JDK "
              + JDK_MIN
              + " or newer, and this is "
              + version
              + ": install one and run its java, or set JAVA_HOME to it and use make.");
      System.exit(1);
    }
    Class.forName("ladder.Main").getMethod("main", String[].class).invoke(null, (Object) args);
  }
}
