@org.jspecify.annotations.NullMarked
package ladder.embedded;
