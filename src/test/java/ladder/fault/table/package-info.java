/**
 * {@code make faults}: two nodes under a mixed load whose every answer is judged, while one fault
 * after the other is done to the servers behind them, and what came of it as a table. Read {@code
 * Faults} first.
 */
@org.jspecify.annotations.NullMarked
package ladder.fault.table;
