/**
 * A floor: reads settings, whoever has them, and reports all that is wrong at once. Read {@link
 * ladder.settings.Settings}.
 */
@NullMarked
package ladder.settings;

import org.jspecify.annotations.NullMarked;
