package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import ladder.json.Json;
import ladder.store.User;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionedTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"version\":7} | 7",
        "{\"id\":1,\"version\":0} | 0",
        "{\"name\":\"}\",\"version\":120} | 120",
        "{\"version\":1,\"version\":2} | 2",
        "{\"version\":999999999999999999} | 999999999999999999"
      })
  void readsTheVersionOffTheEnd(String json, long version) {
    assertEquals(version, Versioned.version(json.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "}",
        "{}",
        "7}",
        "{7}",
        "null",
        "{\"version\":}",
        "{\"version\":7",
        "{\"version\":7}}",
        "{\"version\":-7}",
        "{\"version\":7.5}",
        "{\"version\":\"7\"}",
        "{\"revision\":7}",
        "{\"Version\":7}",
        "{version\":7}",
        "\"version\":7}",
        "x\"version\":7}",
        "{\"version\":9999999999999999999}",
        "{\"version\":00000000000000000000000007}",
        "{\"version\":7,\"name\":\"\"}"
      })
  void hasNoneWhereThereIsNone(String json) {
    assertEquals(Versioned.NONE, Versioned.version(json.getBytes(UTF_8)));
  }

  @Test
  void readsWhatUsersAreWrittenAs() {
    User user = new User(1, "a@example.org", "Zoë \"version\":9}", Instant.EPOCH, 42);
    assertEquals(42, Versioned.version(Json.write(user)));
  }
}
