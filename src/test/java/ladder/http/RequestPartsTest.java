package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Queries, targets, request ids, trace contexts, address ranges and clients behind proxies. */
class RequestPartsTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void refusesARepeatedQueryParameterByName() {
    ProblemException problem =
        assertThrows(ProblemException.class, () -> Request.query("limit=1&l%69mit=2"));
    assertEquals(ProblemType.BAD_REQUEST, problem.type());
    assertTrue(problem.detail.contains("\"limit\""), problem.detail);
  }

  @Test
  void refusesAMalformedQuery() {
    for (String raw : List.of("a=%", "%G1=b", "a=%FF", "a=%C3%28", "a=%2")) {
      assertThrows(ProblemException.class, () -> Request.query(raw), raw);
    }
  }

  @Test
  void decodesAQueryInItsOrder() {
    assertEquals(
        "{b=1 2, a=x=y&z, flag=, empty=}",
        Request.query("b=1+2&a=x=y%26z&&flag&empty=").toString());
    assertEquals(Map.of(), Request.query(""));
  }

  @Test
  void refusesTargetsOtherThanAbsolutePathsInAscii() {
    for (String raw :
        List.of("http://host/path", "*", "", "path", "/\u00fc", "/a?\u00fc", "/a#b")) {
      assertThrows(ProblemException.class, () -> HeadCheck.checkTarget(raw), raw);
    }
    HeadCheck.checkTarget("/a?b?c");
  }

  @Test
  void takesOnlySaneRequestIds() {
    for (String bad :
        List.of("", "a b", "a\rb", "a\nb", "\u00fc", "a/b", "<x>", "a".repeat(129), "\0")) {
      assertTrue(Request.id(bad).matches("[0-9a-f]{16}"), bad);
    }
    assertEquals("Ab-9._" + "x".repeat(122), Request.id("Ab-9._" + "x".repeat(122)));
    assertNotEquals(Request.id(null), Request.id(null));
  }

  @Test
  void takesOnlyAValidTraceparent() {
    for (String bad :
        List.of(
            "",
            TRACE.toUpperCase(java.util.Locale.ROOT),
            TRACE + "-x",
            TRACE + "x",
            "ff" + TRACE.substring(2),
            "0g" + TRACE.substring(2),
            TRACE.replace('-', '_'),
            TRACE.substring(1),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "01" + TRACE.substring(2) + "x",
            "01" + TRACE.substring(2) + "-\u001b")) {
      assertNull(Request.traceparent(List.of(bad)), bad);
    }
    assertNull(Request.traceparent(List.of()));
    assertNull(Request.traceparent(List.of(TRACE, TRACE)));
    assertEquals(TRACE, Request.traceparent(List.of(TRACE)));
    assertEquals(
        "01" + TRACE.substring(2) + "-x",
        Request.traceparent(List.of("01" + TRACE.substring(2) + "-x")));
  }

  @Test
  void refusesWhatIsNoAddressRangeAndQuotesIt() {
    for (String bad :
        List.of(
            "",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/",
            "10.0.0/8",
            "localhost",
            "::/129",
            "10.0.0.256/8",
            "10.0.0.0/8/8",
            "fe80::1%eth0/64",
            "/8",
            ":",
            "[::1]/128")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Cidr.parse(bad), bad);
      assertFalse(String.valueOf(e.getMessage()).isEmpty());
    }
  }

  @Test
  void knowsWhichAddressesARangeContains() {
    assertTrue(contains("10.0.0.0/8", "10.255.0.1"));
    assertFalse(contains("10.0.0.0/8", "11.0.0.1"));
    assertTrue(contains("10.0.0.128/25", "10.0.0.129"));
    assertFalse(contains("10.0.0.128/25", "10.0.0.127"));
    assertTrue(contains("0.0.0.0/0", "192.0.2.1"));
    assertFalse(contains("0.0.0.0/0", "::1"));
    assertTrue(contains("192.0.2.1", "192.0.2.1"));
    assertFalse(contains("192.0.2.1", "192.0.2.2"));
    assertTrue(contains("fd00::/8", "fdff::1"));
    assertTrue(contains("2001:db8:8000::/33", "2001:db8:ffff::1"));
    assertFalse(contains("2001:db8:8000::/33", "2001:db8:7fff::1"));
    assertTrue(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  }

  @Test
  void doesNotBelieveAStrangersForwardedFor() {
    assertEquals("192.0.2.9", client("192.0.2.9", "10.0.0.0/8", "1.1.1.1"));
  }

  @Test
  void takesTheRightMostAddressThatIsNotTrusted() {
    assertEquals("2.2.2.2", client("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 2.2.2.2"));
    assertEquals("2.2.2.2", client("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 2.2.2.2 ,10.0.0.2"));
    assertEquals("2.2.2.2", client("10.0.0.1", "10.0.0.0/8", "1.1.1.1", "2.2.2.2", "10.0.0.2"));
    assertEquals("10.0.0.3", client("10.0.0.1", "10.0.0.0/8", "10.0.0.3,10.0.0.2"));
  }

  @Test
  void stopsAtGarbageInForwardedFor() {
    for (String garbage :
        List.of("unknown", "", "evil.example", "1.2.3", "\u001b[31m", "999.1.1.1")) {
      assertEquals(
          "10.0.0.2", client("10.0.0.1", "10.0.0.0/8", "1.1.1.1," + garbage + ",10.0.0.2"));
      assertEquals("10.0.0.1", client("10.0.0.1", "10.0.0.0/8", "1.1.1.1," + garbage));
    }
    assertEquals("10.0.0.1", client("10.0.0.1", "10.0.0.0/8"));
  }

  @Test
  void makesLoggedTextPrintable() {
    assertEquals("a?b?", AccessLog.printable("a\nb\u0085"));
    assertEquals(512, AccessLog.printable("\u001b".repeat(9_000)).length());
    assertEquals("plain", AccessLog.printable("plain"));
  }

  private static boolean contains(String range, String address) {
    return Cidr.parse(range).contains(InetAddress.ofLiteral(address));
  }

  private static String client(String peer, String trusted, String... forwardedFor) {
    return Cidr.client(
        InetAddress.ofLiteral(peer), List.of(forwardedFor), List.of(Cidr.parse(trusted)));
  }
}
