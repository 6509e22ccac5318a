package ladder.tools.climb;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The median of several measurements, and how far they lie apart. */
public record Spread(double median, double min, double max) {
  /** Of a figure of each run; there must be one. */
  public static <T> Spread of(List<T> runs, ToDoubleFunction<T> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Spread(median, sorted[0], sorted[n - 1]);
  }

  static Spread of(double... values) {
    return of(Arrays.stream(values).boxed().toList(), Double::doubleValue);
  }
}
