package ladder.digest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Sha256Test {
  @Test
  void theStandardsExamplesHaveTheirDigests() {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        HexFormat.of().formatHex(Sha256.of()));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HexFormat.of().formatHex(Sha256.of(bytes("abc"))));
  }

  @Test
  void partsAreOneText() {
    assertArrayEquals(Sha256.of(bytes("abc")), Sha256.of(bytes("a"), bytes(""), bytes("bc")));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
