package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Many writers change one user at a time, on two nodes. None of them holds a lock from reading to
 * writing: that the version is the expected one, and that it becomes the next one, is decided by
 * the one statement that writes ({@code UserStore.update}), for which PostgreSQL locks the row.
 */
class ConcurrentWritesIT {
  private static final int WRITERS = 12;
  private static final int WRITES = 20;
  private static final int ROUNDS = 25;

  @AutoClose private static final TestApp one = TestApp.start();
  @AutoClose private static final TestApp other = TestApp.start();

  @AutoClose private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();

  /** The node of a writer: both have as many. */
  private static Client node(int writer) {
    return writer % 2 == 0 ? one.api() : other.api();
  }

  @Test
  void ofAllWhoKnowTheSameVersionOneWritesAndTheOthersLearnOfIt() throws Exception {
    String user = one.newUser();
    for (int round = 1; round <= ROUNDS; round++) {
      String tag = "\"" + round + "\"";
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Answer>> crowd = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Client client = node(i).with("If-Match", tag);
        String name = "{\"name\":\"%d of %d\"}".formatted(i, round);
        crowd.add(
            writers.submit(
                () -> {
                  start.await();
                  return client.patch(user, name);
                }));
      }
      start.countDown();
      List<Answer> written = new ArrayList<>();
      for (Future<Answer> writer : crowd) {
        Answer answer = writer.get();
        if (answer.status() == 200) {
          written.add(answer);
        } else {
          JsonNode _ = assertProblem(412, answer);
        }
      }
      assertEquals(1, written.size(), "writers who got 200 in round " + round);
      assertEquals("\"" + (round + 1) + "\"", written.getFirst().header("ETag"));
      for (int node = 0; node < 2; node++) {
        assertEquals(written.getFirst().json(), node(node).get(user).json());
      }
    }
  }

  @Test
  void everyWriteIsInEveryLaterVersion() throws Exception {
    JsonNode user = one.signUp("Ada");
    String path = "/users/" + user.get("id").longValue();
    List<Future<List<Write>>> crowd = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      // Half of each node's writers change the name, the others the address.
      String member = i % 4 < 2 ? "name" : "email";
      Client client = node(i);
      crowd.add(writers.submit(() -> write(client, path, member)));
    }
    SortedMap<Long, Write> byVersion = new TreeMap<>();
    for (Future<List<Write>> writer : crowd) {
      for (Write write : writer.get()) {
        Write twice = byVersion.put(write.answer().get("version").longValue(), write);
        assertNull(twice, "each version is one writer's");
      }
    }
    assertEquals(WRITERS * WRITES, byVersion.size());
    assertEquals(1L + WRITERS * WRITES, byVersion.lastKey(), "1 and the number of 200s");
    ObjectNode expected = user.deepCopy();
    byVersion.forEach(
        (version, write) -> {
          expected.put(write.member(), write.value()).put("version", version.intValue());
          assertEquals(expected, write.answer(), "all writes before are in it");
        });
    for (int node = 0; node < 2; node++) {
      assertEquals(expected, node(node).get(path).json());
    }
  }

  /** What was written, and the user that the answer shows. */
  private record Write(String member, String value, JsonNode answer) {}

  private static List<Write> write(Client client, String path, String member) {
    List<Write> written = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      String value = TestApp.email();
      Answer answer = client.patch(path, "{\"%s\":\"%s\"}".formatted(member, value));
      assertEquals(200, answer.status(), answer::text);
      written.add(new Write(member, value, answer.json()));
    }
    return written;
  }
}
