/** Layers that a model is made of, each a hand-written pair of forward and backward. */
@NullMarked
package io.tritter.nn;

import org.jspecify.annotations.NullMarked;
