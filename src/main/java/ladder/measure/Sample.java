package ladder.measure;

import java.util.List;
import java.util.Map;

/**
 * What a node did in a span of time: the differences of counters between its ends.
 *
 * @param time of the requests that were answered, by phase
 */
public record Sample(
    double seconds,
    long requests,
    Map<Phase, Spent> time,
    Cpu cpu,
    Memory memory,
    Backlog backlog) {
  /** How many requests had a phase, and how long they were in it together. */
  public record Spent(long requests, double seconds) {
    public static final Spent NOTHING = new Spent(0, 0);

    /** Both together. */
    public Spent plus(Spent other) {
      return new Spent(requests + other.requests, seconds + other.seconds);
    }

    /** What was added since then. */
    public Spent minus(Spent then) {
      return new Spent(requests - then.requests, seconds - then.seconds);
    }

    /** The mean of one request. */
    public double mean() {
      return requests == 0 ? 0 : seconds / requests;
    }
  }

  /**
   * Processors, in cores.
   *
   * @param cores of the machine
   * @param limit what this process may use of them
   * @param own what it used
   * @param others what everybody else used; 0 where that cannot be read
   * @param throttled for which share of the time the process was stopped at its limit
   * @param delaySeconds how late a virtual thread runs, on average
   * @param neighbours the greatest of the others by the name of their program, while there are any
   */
  public record Cpu(
      double cores,
      double limit,
      double own,
      double others,
      double throttled,
      double delaySeconds,
      Map<String, Double> neighbours) {}

  /**
   * @param gcShare of the time in which collections stopped all threads
   * @param liveShare of the maximal heap, which was in use after a collection
   * @param allocated bytes a second
   */
  public record Memory(double gcShare, double liveShare, double allocated) {}

  /**
   * What the background work could not keep up with.
   *
   * @param entries that the slowest channel has not done
   * @param growth of it, entries a second
   * @param refused appends that the journal's disk was too slow for
   */
  public record Backlog(long entries, double growth, long refused) {}

  /** Requests and seconds of these phases together; requests that had several count once. */
  public Spent spent(List<Phase> phases) {
    long most = 0;
    double sum = 0;
    for (Phase phase : phases) {
      Spent spent = time.getOrDefault(phase, Spent.NOTHING);
      most = Math.max(most, spent.requests());
      sum += spent.seconds();
    }
    return new Spent(most, sum);
  }

  /** How many requests were in these phases on average (Little's law). */
  public double concurrency(List<Phase> phases) {
    return spent(phases).seconds() / seconds;
  }
}
