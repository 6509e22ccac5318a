package ladder;

/** The rungs that {@code LADDER_RUNGS} can turn off, to see what each is worth. */
public enum Rung {
  CACHE,
  POOL,
  REPLICA,
  BACKGROUND,
  LIMIT
}
