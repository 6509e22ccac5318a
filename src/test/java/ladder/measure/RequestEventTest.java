package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class RequestEventTest {
  @Test
  void thereIsNoneWhileNobodyRecords() {
    assertNull(RequestEvent.begun());
  }
}
