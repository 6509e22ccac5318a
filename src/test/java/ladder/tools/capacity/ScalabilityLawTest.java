package ladder.tools.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import ladder.tools.capacity.ScalabilityLaw.Point;
import org.junit.jupiter.api.Test;

class ScalabilityLawTest {
  private static List<Point> points(ScalabilityLaw law, int... clients) {
    return IntStream.of(clients).mapToObj(n -> new Point(n, law.throughput(n))).toList();
  }

  @Test
  void findsTheLawThatMadeThePoints() {
    ScalabilityLaw law = new ScalabilityLaw(1_000, 0.03, 0.0005);
    ScalabilityLaw found = ScalabilityLaw.fit(points(law, 1, 2, 4, 8, 16, 32, 64));
    assertEquals(1_000, found.lambda(), 1e-6);
    assertEquals(0.03, found.sigma(), 1e-9);
    assertEquals(0.0005, found.kappa(), 1e-12);
    assertEquals(Math.sqrt(0.97 / 0.0005), found.peakClients(), 1e-6);
  }

  @Test
  void fitsTheMeasurementsOfThePublishedExample() {
    // Gunther's ray-tracing benchmark on a 64-way SGI Origin 2000: sigma about 0.05, kappa tiny.
    List<Point> measured =
        List.of(
            new Point(1, 20),
            new Point(4, 78),
            new Point(8, 130),
            new Point(12, 170),
            new Point(16, 190),
            new Point(20, 200),
            new Point(24, 210),
            new Point(28, 230),
            new Point(32, 260),
            new Point(48, 280),
            new Point(64, 310));
    ScalabilityLaw law = ScalabilityLaw.fit(measured);
    assertEquals(0.05, law.sigma(), 0.02);
    assertTrue(law.kappa() < 1e-4, law::toString);
    for (Point p : measured) {
      assertEquals(p.throughput(), law.throughput(p.clients()), 0.16 * p.throughput());
    }
  }

  @Test
  void leavesOutATermThatWouldBeNegative() {
    // Faster than in proportion, as when requests in a batch share a write.
    ScalabilityLaw law =
        ScalabilityLaw.fit(List.of(new Point(1, 100), new Point(2, 220), new Point(4, 500)));
    assertEquals(0, law.sigma());
    assertEquals(0, law.kappa());
    assertEquals(Double.POSITIVE_INFINITY, law.peakClients());
    assertEquals(law.throughput(64), law.peak(64));
  }

  @Test
  void needsThreePoints() {
    List<Point> two = List.of(new Point(1, 1), new Point(2, 2));
    assertThrows(IllegalArgumentException.class, () -> ScalabilityLaw.fit(two));
    List<Point> none = List.of(new Point(1, 1), new Point(2, 0), new Point(3, 1));
    assertThrows(IllegalArgumentException.class, () -> ScalabilityLaw.fit(none));
  }
}
