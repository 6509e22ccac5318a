package ladder.measure;

import org.jspecify.annotations.Nullable;

/** What a node can be bound by: the resource that would have to grow for it to do more. */
public enum Bound {
  CPU("cpu", null),
  MEMORY("memory", null),
  PRIMARY("io", "primary"),
  REPLICA("io", "replica"),
  PRIMARY_POOL("io", "primary-pool"),
  REPLICA_POOL("io", "replica-pool"),
  REDIS("io", "redis"),
  JOURNAL("io", "journal"),
  DOWNSTREAM("io", "downstream"),
  /** By nothing: it does too little to be bound, or all of it is far from its bounds. */
  IDLE("idle", null);

  private final String label;
  private final @Nullable String on;

  Bound(String label, @Nullable String on) {
    this.label = label;
    this.on = on;
  }

  /** {@code cpu}, {@code memory}, {@code io} or {@code idle}. */
  public String label() {
    return label;
  }

  /** For {@code io}: on what. */
  public @Nullable String on() {
    return on;
  }
}
