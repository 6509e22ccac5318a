package ladder.http;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses such as {@code 10.0.0.0/8} or {@code fd00::/8} (RFC 4632, RFC 4291).
 *
 * @param bits how many leading bits of an address must equal those of {@code base}
 */
public record Cidr(InetAddress base, int bits) {
  /** Refuses a prefix longer than the address. */
  public Cidr {
    int most = base.getAddress().length * Byte.SIZE;
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("the prefix /" + bits + " is not between /0 and /" + most);
    }
  }

  /**
   * Reads {@code address/bits}, or an address alone, which is the range of just itself.
   *
   * @throws IllegalArgumentException with a sentence that quotes the text
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String addressText = slash < 0 ? text : text.substring(0, slash);
    InetAddress address = address(addressText);
    if (address == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no address range: write one like 10.0.0.0/8 or fd00::/8");
    }
    if (slash < 0) {
      return new Cidr(address, address.getAddress().length * Byte.SIZE);
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has no prefix length: write one like 10.0.0.0/8 or fd00::/8");
    }
    return new Cidr(address, Integer.parseInt(bits));
  }

  /** Whether the address lies in the range; never across address families. */
  public boolean contains(InetAddress address) {
    byte[] ours = base.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
      return false;
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xFF) >> (Byte.SIZE - rest) == 0;
  }

  /** A literal IPv4 or IPv6 address, or null: a name is never looked up. */
  static @Nullable InetAddress address(String text) {
    boolean four = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    // Scoped (%eth0) and bracketed forms mean something only on one machine or in a URL.
    if (!four && !text.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
