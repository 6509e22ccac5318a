package ladder.keys;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded map of strings, which forgets the entry that was unused for longest. Not thread-safe.
 */
final class Recent<V> extends LinkedHashMap<String, V> {
  private static final long serialVersionUID = 1L;

  private final int max;

  Recent(int max) {
    super(16, 0.75f, true);
    this.max = max;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
    return size() > max;
  }
}
