package ladder.measure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node can be bound by: the resource that would have to grow for it to do more. */
public enum Bound {
  CPU("cpu", null),
  MEMORY("memory", null),
  PRIMARY("io", "primary", Phase.PRIMARY),
  REPLICA("io", "replica", Phase.REPLICA),
  PRIMARY_POOL("io", "primary-pool", Phase.PRIMARY_POOL),
  REPLICA_POOL("io", "replica-pool", Phase.REPLICA_POOL),
  REDIS("io", "redis", Phase.LIMIT, Phase.CACHE),
  JOURNAL("io", "journal", Phase.JOURNAL),
  DOWNSTREAM("io", "downstream", Phase.DOWNSTREAM),
  /** By nothing: it does too little to be bound, or all of it is far from its bounds. */
  IDLE("idle", null);

  private final String label;
  private final @Nullable String on;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<Phase> phases;

  Bound(String label, @Nullable String on, Phase... phases) {
    this.label = label;
    this.on = on;
    this.phases = List.of(phases);
  }

  /** {@code cpu}, {@code memory}, {@code io} or {@code idle}. */
  public String label() {
    return label;
  }

  /** For {@code io}: on what. */
  public @Nullable String on() {
    return on;
  }

  /** For {@code io}: the phases in which requests wait for it; else none. */
  public List<Phase> phases() {
    return phases;
  }
}
