package ladder.bench;

import java.util.Locale;

/**
 * What one run of one test on one server showed.
 *
 * @param throughput answers a second
 * @param p50 in milliseconds, as p99
 * @param cpuMicros processor time of the server for each request, in microseconds
 * @param allocated bytes that its JVM allocated for each request; 0 for what is no JVM
 * @param redis commands that Redis ran for each request, those inside of scripts included
 * @param sql transactions of PostgreSQL for each request
 * @param refused answers of 400 and above
 * @param behind sign-ups whose effects were still to come at the end
 */
record Sample(
    double throughput,
    double p50,
    double p99,
    double cpuMicros,
    double allocated,
    double redis,
    double sql,
    double refused,
    double behind) {

  String line(Trial trial) {
    return String.format(
        Locale.ROOT,
        "%-9s %,8.0f/s  p50 %6.2f  p99 %6.2f ms  cpu %5.0f us  %,7.0f B  redis %4.1f  sql %4.2f%s%s",
        trial.label(),
        throughput,
        p50,
        p99,
        cpuMicros,
        allocated,
        redis,
        sql,
        refused > 0 ? String.format(Locale.ROOT, "  refused %,.0f", refused) : "",
        trial == Trial.SIGNUP ? String.format(Locale.ROOT, "  behind %,.0f", behind) : "");
  }
}
