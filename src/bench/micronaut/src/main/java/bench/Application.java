package bench;

import io.micronaut.runtime.Micronaut;

/**
 * The service on Micronaut. What was chosen, and the section of the documentation that recommends
 * it (https://docs.micronaut.io/latest/guide, or the guide of the module that is named):
 *
 * <ul>
 *   <li>The Netty server; what waits for PostgreSQL or Redis runs on a virtual thread, by
 *       {@code @ExecuteOn(TaskExecutors.BLOCKING)} (Configuring Server Thread Pools).
 *   <li>What must precede every handler is a filter (Filter Methods); errors are answered by an
 *       {@code ErrorResponseProcessor} (Error Formatting).
 *   <li>JSON by Micronaut Serialization, which needs no reflection.
 *   <li>JDBC on a HikariCP pool (Micronaut SQL, Configuring JDBC), without an ORM.
 *   <li>Lettuce's one shared connection (Micronaut Redis), with a script for the limit: one call,
 *       exact over a sliding window.
 *   <li>Micrometer's {@code http.server.requests} (Micronaut Micrometer).
 *   <li>Netty's access log (Access Logger), by Logback's asynchronous appender.
 * </ul>
 */
class Application {
  public static void main(String[] args) {
    Micronaut.build(args).mainClass(Application.class).banner(false).start();
  }
}
