package ladder.tools.climb;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import ladder.tools.load.LoadResult;

/**
 * One case: a rung off and on, under the same load.
 *
 * @param load what was asked for, in words
 * @param claim what the classic says of it
 * @param note what to know when reading the figures
 */
record Comparison(
    String name, String load, String claim, String note, Figure figure, Side off, Side on) {

  /** Which figure the case is about. */
  enum Figure {
    THROUGHPUT,
    P50,
    P99
  }

  /** One side, in the order of its runs. */
  record Side(String label, List<Run> runs) {
    Spread throughput() {
      return Spread.of(runs, Run::throughput);
    }

    Spread p50() {
      return Spread.of(runs, Run::p50);
    }

    Spread p99() {
      return Spread.of(runs, Run::p99);
    }
  }

  /** Answers a second, and latencies in milliseconds. */
  record Run(double throughput, double p50, double p99) {
    static Run of(LoadResult result) {
      return new Run(result.throughput(), result.latency().p50(), result.latency().p99());
    }
  }

  /** How many times better the rung makes the figure: that of the medians. */
  double ratio() {
    return switch (figure) {
      case THROUGHPUT -> on.throughput().median() / off.throughput().median();
      case P50 -> off.p50().median() / on.p50().median();
      case P99 -> off.p99().median() / on.p99().median();
    };
  }

  /** The ratios of the single pairs. */
  Spread ratios() {
    return Spread.of(
        IntStream.range(0, off.runs.size()).boxed().toList(),
        pair -> {
          Run without = off.runs.get(pair);
          Run with = on.runs.get(pair);
          return switch (figure) {
            case THROUGHPUT -> with.throughput / without.throughput;
            case P50 -> without.p50 / with.p50;
            case P99 -> without.p99 / with.p99;
          };
        });
  }

  /** The figure of one side. */
  Spread of(Side side) {
    ToDoubleFunction<Run> value =
        switch (figure) {
          case THROUGHPUT -> Run::throughput;
          case P50 -> Run::p50;
          case P99 -> Run::p99;
        };
    return Spread.of(side.runs, value);
  }
}
