package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Timespan;
import org.junit.jupiter.api.Test;

class RequestEventTest {
  @Test
  void thereIsNoneWhileNobodyRecords() {
    assertNull(RequestEvent.begun());
  }

  @Test
  void hasAFieldForEveryPhaseAndTheTotal() {
    Set<String> expected =
        Stream.of(Phase.values())
            .map(phase -> phase.label().replace("-p", "P"))
            .collect(Collectors.toCollection(TreeSet::new));
    expected.add("total");
    Set<String> found =
        Stream.of(RequestEvent.class.getDeclaredFields())
            .filter(field -> field.isAnnotationPresent(Timespan.class))
            .map(java.lang.reflect.Field::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, found);
  }
}
