package ladder.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RootCauseTest {
  @Test
  void aCircleOfCausesHasAnEnd() {
    Exception one = new IOException("one");
    Exception other = new IOException("other", one);
    Throwable _ = one.initCause(other);
    assertTrue(Set.of("one", "other").contains(RootCause.message(one)));
  }

  @Test
  void aCauseWithoutMessageIsNamedNull() {
    assertEquals("null", RootCause.message(new IOException("wrapped", new IOException())));
  }

  @Test
  void theLastCauseIsTheOneThatSpeaks() {
    Exception inner = new IOException("middle", new IOException("refused"));
    assertEquals("refused", RootCause.message(new IllegalStateException("outer", inner)));
    assertEquals("alone", RootCause.message(new IOException("alone")));
  }
}
