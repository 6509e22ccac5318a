package ladder.harness;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Plain connections to the servers, past everything that Ladder puts before them. */
public final class Connect {
  private Connect() {}

  /** A connection for a {@code postgres://user:password@host:port/database} URL. */
  public static Connection postgres(String url) throws SQLException {
    URI uri = URI.create(url);
    String[] user = uri.getUserInfo().split(":", 2);
    return postgres(uri, user[0], user[1]);
  }

  /** A connection to the same place as somebody else. */
  public static Connection postgres(URI uri, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d%s".formatted(uri.getHost(), uri.getPort(), uri.getPath()),
        properties);
  }

  /** Runs a statement that answers nothing. */
  public static void execute(String url, String sql) throws SQLException {
    try (Connection connection = postgres(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  public static String query(String url, String sql) throws SQLException {
    try (Connection connection = postgres(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no row for " + sql);
      }
      return rows.getString(1);
    }
  }
}
