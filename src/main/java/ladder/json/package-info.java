/** A floor: JSON, by one strict mapper for all. Read {@link ladder.json.Json}. */
@NullMarked
package ladder.json;

import org.jspecify.annotations.NullMarked;
