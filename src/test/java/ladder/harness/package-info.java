/**
 * What proves Ladder from outside: shared servers, faults, and waiting that never sleeps blindly.
 *
 * <p>Three clients, by what a test must see: {@link ladder.harness.Client} for ordinary answers,
 * {@link ladder.harness.LadderClient} where every failure counts (one connection, no repeats),
 * {@link ladder.harness.RawHttp} for bytes that no client would send.
 */
@org.jspecify.annotations.NullMarked
package ladder.harness;
