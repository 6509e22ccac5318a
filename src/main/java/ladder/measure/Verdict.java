package ladder.measure;

import java.time.Instant;
import java.util.Map;

/**
 * What a node is bound by.
 *
 * @param confidence 0 to 1: from the distance to the next likely bound, and how much was observed
 * @param since when the node began to be judged so
 * @param pressures how close each resource is to its bound: 1 is at it
 * @param sample what it is judged by
 */
public record Verdict(
    Bound bound, double confidence, Instant since, Map<Bound, Double> pressures, Sample sample) {}
