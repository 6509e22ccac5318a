/**
 * The benchmark: the same service on Ladder and on the frameworks, checked by one suite and
 * measured in interleaved rounds. {@link ladder.bench.Bench} runs it; {@code src/bench/README.md}
 * says what a peer must do.
 */
package ladder.bench;
