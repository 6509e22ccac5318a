package bench;

import io.micronaut.serde.annotation.Serdeable;

/** RFC 9457. */
@Serdeable
record Problem(String type, String title, int status, String detail) {}
