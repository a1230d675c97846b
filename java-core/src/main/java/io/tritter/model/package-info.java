/** The transformer: forward, backward, packing and generation. */
@NullMarked
package io.tritter.model;

import org.jspecify.annotations.NullMarked;
