package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp:///x",
        "smtp:mail",
        "smtp://mail_host",
        "smtp://mail:port",
        "smtp://mail:0",
        "smtp://mail:70000",
        "smtp://mail/path",
        "smtp://user@mail",
        "smtp://user:p@ss@mail",
        "smtp://user:se cret@mail",
        "smtp://user:se%cret@mail",
        "smtp://mail?tls=true",
        "smtp://mail?starttls=yes",
        "smtps://mail?starttls=true",
      })
  void refusesAnotherUrlAndSaysWhatItMustLookLikeWithoutShowingIt(String url) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> SmtpUrl.parse(url)).getMessage());
    assertTrue(message.startsWith("must look like smtp://user:password@host:587"), message);
    assertTrue(message.contains("encrypted from the start, smtps://"), message);
    assertTrue(message.contains("percent-encoded"), message);
    assertFalse(message.contains("cret"), message);
  }

  @Test
  void readsUserPasswordAndPort() {
    assertEquals(
        new SmtpUrl("mail.example.org", 2525, false, true, "me@example.org", "p+ä:x"),
        SmtpUrl.parse("smtp://me%40example.org:p+%C3%A4:x@mail.example.org:2525?starttls=true"));
  }

  @Test
  void knowsTheUsualPorts() {
    assertEquals(25, SmtpUrl.parse("smtp://mail").port());
    assertEquals(587, SmtpUrl.parse("smtp://mail?starttls=true").port());
    assertEquals(465, SmtpUrl.parse("SMTPS://mail/").port());
    assertEquals("::1", SmtpUrl.parse("smtp://[::1]:25").host());
  }

  @Test
  void keepsThePasswordToItself() {
    assertFalse(SmtpUrl.parse("smtp://user:secret@mail").toString().contains("secret"));
  }
}
