/**
 * Whether what clients saw of Ladder can be explained at all.
 *
 * <p>{@link ladder.harness.history.MixedLoad} makes requests on several nodes and records each as
 * an {@link ladder.harness.history.Operation}. {@link ladder.harness.history.HistoryCheck} then
 * looks for one that went back in time. It knows nothing of nodes, caches or replicas: only what
 * was asked when, and what was answered when.
 */
@org.jspecify.annotations.NullMarked
package ladder.harness.history;
