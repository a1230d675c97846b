/** What turns gradients into steps: the optimizer, its schedule, clipping, gradient sketches. */
@NullMarked
package io.tritter.optim;

import org.jspecify.annotations.NullMarked;
