package ladder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ladder.digest.Sha256;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;

/**
 * The files that a browser gets: two pages in one shell, and the style and scripts of both. All of
 * it is in the jar and read when the listener is made. A policy keeps browsers from running or
 * loading anything else, so that a name from a request that finds its way into a page stays text.
 * Immutable, thread-safe.
 */
final class Assets {
  /** Nothing but our own files: no inline script or style, no frame, no other host. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private static final String HTML = "text/html; charset=utf-8";

  private static final List<String> NAMES =
      List.of(
          "icon.svg",
          "page.css",
          "uPlot.min.css",
          "uPlot.esm.js",
          "main.js",
          "api.js",
          "chart.js",
          "dom.js",
          "feed.js",
          "format.js",
          "keys.js",
          "letters.js",
          "rungs.js",
          "traffic.js",
          "verdict.js");

  /** One file. */
  @SuppressWarnings("ArrayRecordComponent") // written, never compared
  private record Asset(String type, String tag, byte[] bytes) {
    Response answer() {
      return new Response(
          200, List.of(new Response.Header("Content-Type", type)), bytes, null, null);
    }
  }

  private final Map<String, Asset> files = new LinkedHashMap<>();
  private final String dashboard;
  private final String signIn;

  /**
   * @param signsIn whether there is a token, and so something to sign out of
   */
  Assets(boolean signsIn) {
    for (String name : NAMES) {
      byte[] bytes = read(name);
      files.put(name, new Asset(type(name), tag(bytes), bytes));
    }
    String shell = text("shell.html");
    this.dashboard =
        shell
            .replace("{{body}}", text("dashboard.html"))
            .replace("{{sign-out}}", signsIn ? text("sign-out.html") : "");
    this.signIn = shell.replace("{{body}}", text("sign-in.html"));
  }

  /** The page for who may use it. */
  Response dashboard() {
    return html(200, dashboard);
  }

  /** The form for who may not yet. */
  Response signIn(String notice) {
    return html(401, signIn.replace("{{notice}}", notice)).with("WWW-Authenticate", "Bearer");
  }

  /** A file, or 304 when the browser has it (RFC 9110, 13.1.2). */
  Response file(Request request) {
    Asset asset = files.get(request.pathParameter("name"));
    if (asset == null) {
      throw new ProblemException(ProblemType.NOT_FOUND, "the page has no such file");
    }
    Response answer =
        request.headers("If-None-Match").contains(asset.tag())
            ? Response.empty(304)
            : asset.answer();
    return restricted(answer).with("ETag", asset.tag()).with("Cache-Control", "no-cache");
  }

  private static Response html(int status, String page) {
    return restricted(Response.text(status, HTML, page)).with("Cache-Control", "no-store");
  }

  private static Response restricted(Response response) {
    return response
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        // With "no-referrer" a form would send no origin, which writes are checked by.
        .with("Referrer-Policy", "same-origin");
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new IllegalArgumentException("no media type for " + name);
    };
  }

  private static String tag(byte[] bytes) {
    return '"' + HexFormat.of().formatHex(Sha256.of(bytes), 0, 8) + '"';
  }

  private static String text(String name) {
    return new String(read(name), UTF_8);
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks ladder/admin/page/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
