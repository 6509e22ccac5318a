package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The one JSON mapper, strict in what it reads: no duplicate members, nothing after the value, no
 * NaN, no scalar taken for another, UTF-8 without flaws (RFC 8259). Depth and lengths are bounded,
 * so that a small body cannot cost much. Unknown members are ignored. Instants are ISO 8601 in UTC
 * with microseconds, PostgreSQL's resolution. Thread-safe.
 */
public final class Json {
  /** Deeper than any body of ours, far from what would exhaust a stack. */
  private static final int DEPTH_MAX = 32;

  /** A body's own bound, so that it is the one that speaks. */
  private static final int STRING_CHARS_MAX = 65_536;

  private static final int NAME_CHARS_MAX = 256;

  /** A long has 19 digits; parsing thousands of them is quadratic. */
  private static final int NUMBER_CHARS_MAX = 64;

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private static final ObjectMapper MAPPER = mapper();

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
   * @throws ProblemException 400 when it is not exactly one well-formed value
   */
  public static JsonNode read(byte[] json) {
    JsonNode value;
    try {
      // Decoded first, because Jackson lets overlong forms and encoded surrogates pass.
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      value = MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body is not valid UTF-8");
    } catch (JsonProcessingException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body is not valid JSON" + at(e));
    }
    if (value.isMissingNode()) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body is empty");
    }
    return value;
  }

  /**
   * Reads a JSON object, whose members are then asked for one by one.
   *
   * @throws ProblemException 400 when it is not well-formed, 422 when it is no object
   */
  public static JsonObject object(byte[] json) {
    if (read(json) instanceof ObjectNode object) {
      return new JsonObject(object);
    }
    throw new ProblemException(ProblemType.UNPROCESSABLE, "the body is not a JSON object");
  }

  /** An instant as every answer writes it. */
  public static String text(Instant instant) {
    return MICROS.format(instant);
  }

  // The place, but not Jackson's message: it names our classes.
  private static String at(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static ObjectMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(STRING_CHARS_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .build())
            .build();
    SimpleModule instants = new SimpleModule("instants");
    instants.addSerializer(new InstantSerializer());
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .addModule(instants)
        .build();
  }

  @SuppressWarnings("serial") // never serialised itself
  private static final class InstantSerializer extends StdSerializer<Instant> {
    InstantSerializer() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(text(value));
    }
  }
}
