package ladder.tools.climb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import ladder.tools.climb.Comparison.Figure;
import ladder.tools.climb.Comparison.Run;
import ladder.tools.climb.Comparison.Side;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Side OFF =
      new Side("off", List.of(new Run(100, 10, 40), new Run(200, 20, 90), new Run(120, 12, 50)));
  private static final Side ON =
      new Side("on", List.of(new Run(300, 4, 10), new Run(240, 5, 30), new Run(180, 6, 20)));

  private static Comparison of(Figure figure) {
    return new Comparison("case", "load", "claim", "note", figure, OFF, ON);
  }

  @Test
  void dividesTheMediansSoThatMoreIsBetter() {
    assertEquals(2, of(Figure.THROUGHPUT).ratio());
    assertEquals(2.4, of(Figure.P50).ratio());
    assertEquals(2.5, of(Figure.P99).ratio());
  }

  @Test
  void spreadsTheRatiosOfThePairs() {
    assertEquals(new Spread(1.5, 1.2, 3), of(Figure.THROUGHPUT).ratios());
    assertEquals(new Spread(2.5, 2, 4), of(Figure.P50).ratios());
  }

  @Test
  void theMedianOfAnEvenCountLiesBetweenTheTwoInTheMiddle() {
    assertEquals(new Spread(2.5, 1, 9), Spread.of(9, 1, 2, 3));
    assertEquals(new Spread(7, 7, 7), Spread.of(7));
  }
}
