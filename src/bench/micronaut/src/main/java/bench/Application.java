package bench;

import io.micronaut.runtime.Micronaut;

/**
 * The service on Micronaut. What was chosen, and the section of the documentation that recommends it
 * (https://docs.micronaut.io/latest/guide, and the guides of the modules that are named):
 *
 * <ul>
 *   <li>The Netty server; what waits for PostgreSQL or Redis runs on a virtual thread, by {@code
 *       @ExecuteOn(TaskExecutors.BLOCKING)} (#threadPools, #virtualThreads).
 *   <li>What must precede every handler is a filter (#filtermethods); errors are answered by an
 *       {@code ErrorResponseProcessor} (#errorFormatting).
 *   <li>JSON by Micronaut Serialization, without reflection (micronaut-serialization).
 *   <li>JDBC on a HikariCP pool (micronaut-sql, #jdbc), without an ORM.
 *   <li>Lettuce's one shared connection (micronaut-redis), with the script for the limit.
 *   <li>Micrometer's {@code http.server.requests} (micronaut-micrometer).
 *   <li>Netty's access log, by Logback's asynchronous appender (#accessLogger).
 * </ul>
 */
class Application {
  public static void main(String[] args) {
    Micronaut.build(args).mainClass(Application.class).banner(false).start();
  }
}
