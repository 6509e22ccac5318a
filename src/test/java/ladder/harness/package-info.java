/**
 * What proves Ladder from outside: shared servers, faults, and waiting that never sleeps blindly.
 */
@org.jspecify.annotations.NullMarked
package ladder.harness;
