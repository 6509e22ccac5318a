package ladder.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/**
 * The one JSON mapper, strict in what it reads: no duplicate members, nothing after the value, no
 * NaN, UTF-8 without flaws (RFC 8259). Instants are ISO 8601 in UTC with microseconds, PostgreSQL's
 * resolution. Thread-safe.
 */
public final class Json {
  private static final DateTimeFormatter MICROS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Far beyond any body of ours, far below what costs much time, stack or memory.
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNameLength(256)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(new SimpleModule().addSerializer(new InstantSerializer()))
          .build();

  private Json() {}

  /** Writes a record, map, list or node; a value that cannot be written is a bug of ours. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads any JSON value.
   *
   * @throws MalformedJsonException when it is not exactly one and well-formed
   */
  public static JsonNode read(byte[] json) {
    try {
      // Decoded first, because Jackson lets overlong forms and encoded surrogates pass.
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      JsonNode value = MAPPER.readTree(text);
      if (value.isMissingNode()) {
        throw new MalformedJsonException("is empty");
      }
      return value;
    } catch (CharacterCodingException e) {
      throw new MalformedJsonException("is not valid UTF-8");
    } catch (JsonProcessingException e) {
      throw new MalformedJsonException("is not valid JSON" + at(e));
    }
  }

  // The place, but not Jackson's message: it names our classes.
  private static String at(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  @SuppressWarnings("serial") // never serialised itself
  private static final class InstantSerializer extends ToStringSerializerBase {
    InstantSerializer() {
      super(Instant.class);
    }

    @Override
    public String valueToString(Object value) {
      return MICROS.format((Instant) value);
    }
  }
}
