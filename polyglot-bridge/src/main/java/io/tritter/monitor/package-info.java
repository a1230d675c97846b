/** The terminal view of a training run. */
@NullMarked
package io.tritter.monitor;

import org.jspecify.annotations.NullMarked;
