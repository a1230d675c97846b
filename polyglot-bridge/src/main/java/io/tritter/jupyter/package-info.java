/**
 * The Jupyter kernel: messages, channels and the kernel spec here, what a cell means in the Python
 * package {@code tritter_accel._jupyter}.
 */
@NullMarked
package io.tritter.jupyter;

import org.jspecify.annotations.NullMarked;
