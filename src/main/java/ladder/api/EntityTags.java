package ladder.api;

import java.util.ArrayList;
import java.util.List;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import org.jspecify.annotations.Nullable;

/** Entity tags of users, {@code "7"} for version 7, and the conditions on them (RFC 9110, 13.1). */
final class EntityTags {
  /** More than any client holds; a longer list is an attack on the database. */
  private static final int TAGS_MAX = 16;

  private EntityTags() {}

  static String of(long version) {
    return '"' + Long.toString(version) + '"';
  }

  /** Whether {@code If-None-Match} names this version; compared weakly, as the RFC asks. */
  static boolean noneMatchFails(Request request, long version) {
    List<String> fields = request.headers("If-None-Match");
    String tag = of(version);
    for (String field : fields) {
      for (String candidate : field.split(",", -1)) {
        String bare = candidate.strip();
        if (bare.equals("*") || bare.equals(tag) || bare.equals("W/" + tag)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The versions that {@code If-Match} allows; null when any will do. Weak tags and tags of another
   * form match nothing.
   */
  static Long @Nullable [] ifMatch(Request request) {
    List<String> fields = request.headers("If-Match");
    if (fields.isEmpty()) {
      return null;
    }
    List<Long> versions = new ArrayList<>();
    int tags = 0;
    for (String field : fields) {
      for (String candidate : field.split(",", -1)) {
        String bare = candidate.strip();
        if (bare.equals("*")) {
          return null;
        }
        if (++tags > TAGS_MAX) {
          throw new ProblemException(
              ProblemType.BAD_REQUEST, "If-Match lists more than " + TAGS_MAX + " tags");
        }
        if (bare.matches("\"[0-9]{1,18}\"")) {
          versions.add(Long.parseLong(bare.substring(1, bare.length() - 1)));
        }
      }
    }
    return versions.toArray(Long[]::new);
  }
}
