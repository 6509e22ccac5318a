package ladder.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * What can happen, with what its effects need to know. To add a kind, write its record here and its
 * case in {@link #read}; the compiler then asks {@code MailFormat} and {@code SlackFormat} what
 * they send of it, if anything, and a test asks {@code read} for each kind. The audit log takes
 * every kind. Immutable.
 */
public sealed interface Kind {
  /** Its name in the journal and in the audit log. */
  String action();

  /** Its own members there, by name. */
  Map<String, Object> detail();

  /** A user signed up. */
  record SignedUp(String email, String name) implements Kind {
    static final String ACTION = "user.signed_up";

    @Override
    public String action() {
      return ACTION;
    }

    @Override
    public Map<String, Object> detail() {
      return Map.of("email", email, "name", name);
    }
  }

  /**
   * Reads a kind back from its action and from the object that holds its members.
   *
   * @throws IllegalArgumentException when the action is unknown or a member is missing
   */
  static Kind read(String action, JsonNode json) {
    return switch (action) {
      case SignedUp.ACTION ->
          new SignedUp(json.required("email").asText(), json.required("name").asText());
      default -> throw new IllegalArgumentException("unknown action");
    };
  }
}
