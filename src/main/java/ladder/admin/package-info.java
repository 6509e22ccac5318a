/**
 * The operator's side: a second listener, on loopback by default, with a page, metrics, statistics,
 * keys, the journal and its dead letters.
 *
 * <p>It is a listener of its own so that the public one can be busy, or refuse everybody, while the
 * operator still sees why: all its routes are served {@link ladder.http.Route#always}. {@link
 * ladder.admin.Access} decides who may use it. {@link ladder.admin.Statistics} is the one table
 * from which {@code /stats} comes, and what {@code /metrics} has of the parts; the rungs themselves
 * know nothing of it. {@link ladder.admin.Watch} reads the same numbers once a second and has the
 * node judged by {@link ladder.measure.Judge}; {@code Evidence}, {@code Advice} and {@code
 * MissingIndexes} make of the verdict what an operator can act on. Read {@link
 * ladder.admin.AdminRoutes} first.
 *
 * <p>The page at {@code /} is static files ({@link ladder.admin.Assets}) and one stream of
 * snapshots for all who look:
 *
 * <pre>
 *   browser ──► /events ──► Feed ──(the first that finds the last one old)──► Dashboard
 *   browser ──► /events ──►  │                                               asks the parts
 *                            └── one snapshot a second, the points of five minutes
 * </pre>
 *
 * <p>Guarantee: while nobody looks nothing runs for the page, and an answered request pays one
 * volatile read; a viewer that does not read holds up nobody; a shutdown waits for no viewer. Cost:
 * one snapshot a second for all viewers together, and a write for each.
 */
@NullMarked
package ladder.admin;

import org.jspecify.annotations.NullMarked;
