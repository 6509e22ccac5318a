/** A thin layer over the JDK's HTTP server. */
@org.jspecify.annotations.NullMarked
package ladder.http;
