package bench;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Marks what asks for an API key, and counts against its limit. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@interface Keyed {

  /** The same for {@code /users/{id}}: the user is looked up in Redis in the same round trip. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @interface WithUser {}
}
