package bench;

/** Ends a request, and rolls its transaction back. */
class Refused extends RuntimeException {
  private final Problem problem;

  Refused(int status, String detail) {
    super(detail, null, false, false);
    problem = Problem.of(status, detail);
  }

  Problem problem() {
    return problem;
  }
}
