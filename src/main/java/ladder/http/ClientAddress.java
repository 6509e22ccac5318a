package ladder.http;

import java.net.InetAddress;
import java.util.List;

/**
 * Who is behind the proxies. Anyone can send {@code X-Forwarded-For}; only what a trusted proxy
 * appended to it is true. So it is read from the right, each address vouched for by the trusted one
 * after it, up to the first that is not trusted: that is the client.
 */
final class ClientAddress {
  private ClientAddress() {}

  static String of(InetAddress peer, List<String> forwardedFor, List<Cidr> trusted) {
    InetAddress client = peer;
    for (int i = forwardedFor.size() - 1; i >= 0; i--) {
      String value = forwardedFor.get(i);
      for (int end = value.length(); end >= 0; ) {
        if (!isTrusted(client, trusted)) {
          return client.getHostAddress();
        }
        int comma = value.lastIndexOf(',', end - 1);
        InetAddress before = Cidr.address(value.substring(comma + 1, end).strip());
        if (before == null) {
          return client.getHostAddress();
        }
        client = before;
        end = comma;
      }
    }
    return client.getHostAddress();
  }

  private static boolean isTrusted(InetAddress address, List<Cidr> trusted) {
    for (Cidr range : trusted) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
