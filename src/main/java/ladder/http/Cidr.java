package ladder.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses such as {@code 10.0.0.0/8} or {@code fd00::/8} (RFC 4632, RFC 4291).
 *
 * @param bits how many leading bits of an address must equal those of {@code base}
 */
public record Cidr(InetAddress base, int bits) {
  /** Not "10.1", nor a scope (%eth0) or brackets: what these mean depends on where they stand. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  /**
   * Reads {@code address/bits}, or an address alone, which is the range of just itself.
   *
   * @throws IllegalArgumentException with a sentence that quotes the text
   */
  public static Cidr parse(String text) {
    String[] parts = text.split("/", 2);
    InetAddress base = address(parts[0]);
    int most = base == null ? 0 : base.getAddress().length * Byte.SIZE;
    String bits = parts.length == 1 ? "" + most : parts[1];
    if (base == null || !bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no address range: write one like 10.0.0.0/8 or fd00::/8");
    }
    return new Cidr(base, Integer.parseInt(bits));
  }

  /** Reads {@code none}, or ranges with commas between them. */
  public static List<Cidr> list(String text) {
    return text.equals("none")
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).map(Cidr::parse).toList();
  }

  /** Whether the address lies in the range; never across address families. */
  public boolean contains(InetAddress address) {
    byte[] ours = base.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int at = Arrays.mismatch(ours, theirs);
    // Counted in an int, of which the byte is the last eight bits.
    return at < 0
        || bits <= 8 * at + Integer.numberOfLeadingZeros((ours[at] ^ theirs[at]) & 0xff) - 24;
  }

  /**
   * Who is behind the proxies. Anyone can send {@code X-Forwarded-For}; only what a trusted proxy
   * appended to it is true. So it is read from the right, each address believed because the one
   * after it is trusted, up to the first that is not trusted: that is the client.
   */
  static String client(InetAddress peer, List<String> forwardedFor, List<Cidr> trusted) {
    if (forwardedFor.isEmpty()) {
      return peer.getHostAddress();
    }
    InetAddress client = peer;
    String[] hops = String.join(",", forwardedFor).split(",", -1);
    for (int i = hops.length - 1; i >= 0 && isIn(trusted, client); i--) {
      InetAddress before = address(hops[i].strip());
      if (before == null) {
        break;
      }
      client = before;
    }
    return client.getHostAddress();
  }

  private static boolean isIn(List<Cidr> ranges, InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  /** A literal IPv4 or IPv6 address, or null: a name is never looked up. */
  private static @Nullable InetAddress address(String text) {
    try {
      return LITERAL.matcher(text).matches() ? InetAddress.ofLiteral(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
