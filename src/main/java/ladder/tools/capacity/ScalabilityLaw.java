package ladder.tools.capacity;

import java.util.List;

/**
 * The Universal Scalability Law (Neil Gunther, "Guerrilla Capacity Planning", 2007): with N clients
 * the throughput is {@code X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))}.
 *
 * @param lambda what one client gets, a second
 * @param sigma contention: the share of the work that only one can do at a time
 * @param kappa coherency: what each pair of clients costs in keeping up with one another
 */
public record ScalabilityLaw(double lambda, double sigma, double kappa) {
  /** A measured throughput. */
  public record Point(int clients, double throughput) {}

  /** The terms of N / X(N), which is linear in them: 1, N - 1 and N (N - 1). */
  private static final int TERMS = 3;

  /**
   * The law with the least sum of squared relative errors in N / X(N), of those in which no
   * parameter is negative. Terms that would be are left out.
   *
   * @throws IllegalArgumentException when there are fewer than three points, or one without
   *     throughput
   */
  public static ScalabilityLaw fit(List<Point> points) {
    if (points.size() < TERMS || points.stream().anyMatch(p -> p.throughput() <= 0)) {
      throw new IllegalArgumentException(
          "needs the throughput of at least %d counts of clients".formatted(TERMS));
    }
    double[] best = new double[TERMS];
    double least = Double.POSITIVE_INFINITY;
    for (int without = 0; without < 4; without++) { // a set of bits: sigma's term, kappa's term
      double[] terms = leastSquares(points, without);
      if (terms[0] > 0 && terms[1] >= 0 && terms[2] >= 0 && error(points, terms) < least) {
        best = terms;
        least = error(points, terms);
      }
    }
    return new ScalabilityLaw(1 / best[0], best[1] / best[0], best[2] / best[0]);
  }

  private static double[] row(Point p) {
    double n = p.clients();
    double weight = p.throughput() / n;
    return new double[] {weight, weight * (n - 1), weight * n * (n - 1)};
  }

  private static double error(List<Point> points, double[] terms) {
    double sum = 0;
    for (Point p : points) {
      double[] row = row(p);
      double off = row[0] * terms[0] + row[1] * terms[1] + row[2] * terms[2] - 1;
      sum += off * off;
    }
    return sum;
  }

  /** Solves the normal equations; a term that is left out is 0. */
  private static double[] leastSquares(List<Point> points, int without) {
    double[][] m = new double[TERMS][TERMS + 1];
    for (Point p : points) {
      double[] row = row(p);
      for (int i = 0; i < TERMS; i++) {
        for (int j = 0; j < TERMS; j++) {
          m[i][j] += row[i] * row[j];
        }
        m[i][TERMS] += row[i];
      }
    }
    for (int i = 1; i < TERMS; i++) {
      if ((without >> (i - 1) & 1) == 1) {
        for (int j = 0; j < TERMS; j++) {
          m[i][j] = 0;
          m[j][i] = 0;
        }
        m[i][i] = 1;
        m[i][TERMS] = 0;
      }
    }
    return solve(m);
  }

  /** By elimination; the matrix is positive definite, so that no pivot is looked for. */
  private static double[] solve(double[][] m) {
    for (int i = 0; i < TERMS; i++) {
      for (int row = i + 1; row < TERMS; row++) {
        double factor = m[row][i] / m[i][i];
        for (int column = i; column <= TERMS; column++) {
          m[row][column] -= factor * m[i][column];
        }
      }
    }
    double[] x = new double[TERMS];
    for (int i = TERMS - 1; i >= 0; i--) {
      x[i] = m[i][TERMS];
      for (int j = i + 1; j < TERMS; j++) {
        x[i] -= m[i][j] * x[j];
      }
      x[i] /= m[i][i];
    }
    return x;
  }

  /** Answers a second with so many clients. */
  public double throughput(double clients) {
    return lambda * clients / (1 + sigma * (clients - 1) + kappa * clients * (clients - 1));
  }

  /** With how many clients the throughput is highest; infinite when nothing costs coherency. */
  public double peakClients() {
    return kappa == 0 ? Double.POSITIVE_INFINITY : Math.sqrt(Math.max(1, (1 - sigma) / kappa));
  }

  /** The highest throughput among 1 to {@code clientsMax} clients. */
  public double peak(int clientsMax) {
    return throughput(Math.min(peakClients(), clientsMax));
  }
}
