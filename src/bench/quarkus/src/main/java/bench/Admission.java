package bench;

import jakarta.enterprise.context.RequestScoped;

/** What the filter learned about a request, for those who come after it. */
@RequestScoped
class Admission {
  private RedisGate.Answer answer;

  void answered(RedisGate.Answer answer) {
    this.answer = answer;
  }

  /** Null for a request without a valid key. */
  RedisGate.Answer answer() {
    return answer;
  }
}
