package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mail.example.org|scheme must be smtp or smtps",
        "http://mail.example.org|scheme must be smtp or smtps",
        "smtp://|not a URL",
        "smtp:///x|host is missing",
        "smtp:mail|host is missing",
        "smtp://mail_host|host or the port is malformed",
        "smtp://mail:port|host or the port is malformed",
        "smtp://mail:0|port must be between",
        "smtp://mail:70000|port must be between",
        "smtp://mail/path|no path",
        "smtp://user@mail|needs a password",
        "smtp://user:p@ss@mail|malformed",
        "smtp://user:se cret@mail|percent-encode",
        "smtp://mail?tls=true|starttls=true or starttls=false",
        "smtp://mail?starttls=yes|starttls=true or starttls=false",
        "smtps://mail?starttls=true|encrypted from the start",
      })
  void saysWhatIsWrongAndHowToMendIt(String url, String why) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> SmtpUrl.parse(url)).getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.contains("write smtp://"), message);
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
