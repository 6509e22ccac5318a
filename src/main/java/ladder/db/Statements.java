package ladder.db;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The distinct texts of the statements that ran, for whoever asks how they run. Thread-safe. */
final class Statements {
  /** Several times as many as the stores have; beyond it new ones are not remembered. */
  static final int MAX = 256;

  private final Set<String> texts = ConcurrentHashMap.newKeySet();

  void add(String sql) {
    if (!texts.contains(sql) && texts.size() < MAX) {
      texts.add(sql);
    }
  }

  Set<String> texts() {
    return Set.copyOf(texts);
  }
}
