package ladder.api;

import java.util.List;
import java.util.regex.Pattern;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import org.jspecify.annotations.Nullable;

/** Entity tags of users, {@code "7"} for version 7, and the conditions on them (RFC 9110, 13.1). */
final class EntityTags {
  /** More than any client holds; a longer list is an attack on the database. */
  private static final int TAGS_MAX = 16;

  /** The next tag of a list, whose quotes may hold commas and stars. */
  private static final Pattern TAG = Pattern.compile("\\G[ \t,]*((?:W/)?\"[^\"]*\")[ \t]*(?=,|$)");

  private EntityTags() {}

  static String of(long version) {
    return '"' + Long.toString(version) + '"';
  }

  /** Whether {@code If-None-Match} names this version; compared weakly, as the RFC asks. */
  static boolean noneMatchFails(Request request, long version) {
    List<String> fields = request.headers("If-None-Match");
    if (fields.isEmpty()) {
      return false;
    }
    List<String> tags = tags(fields);
    return tags == null || tags.contains(of(version)) || tags.contains("W/" + of(version));
  }

  /**
   * The versions that {@code If-Match} allows; null when any will do. Weak tags and tags of another
   * form match nothing.
   */
  static Long @Nullable [] ifMatch(Request request) {
    List<String> fields = request.headers("If-Match");
    List<String> tags = tags(fields);
    if (fields.isEmpty() || tags == null) {
      return null;
    }
    if (tags.size() > TAGS_MAX) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "If-Match lists more than " + TAGS_MAX + " tags");
    }
    return tags.stream()
        .filter(tag -> tag.matches("\"[1-9][0-9]{0,17}\""))
        .map(tag -> Long.valueOf(tag.substring(1, tag.length() - 1)))
        .toArray(Long[]::new);
  }

  /** All tags, of each field up to the first that is malformed; null when a field is a star. */
  private static @Nullable List<String> tags(List<String> fields) {
    return fields.stream().map(String::strip).anyMatch("*"::equals)
        ? null
        : fields.stream()
            .flatMap(field -> TAG.matcher(field).results())
            .map(tag -> tag.group(1))
            .toList();
  }
}
