package ladder.embedded;

import ladder.failure.StartupException;

/** A server beside us, as its supervisor sees it. */
interface Server {
  String name();

  int port();

  boolean alive();

  /**
   * Starts it on its port, after stopping what an earlier Ladder may have left running on its
   * files; returns when it answers.
   *
   * @throws StartupException when it doesn't
   */
  void start();

  /** Stops it cleanly, or hard when it doesn't end within a bound; does nothing when it is down. */
  void stop();
}
