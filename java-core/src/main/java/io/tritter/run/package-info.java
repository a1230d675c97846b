/** A training run that is described by a file: its settings, its loop, its checkpoints. */
@NullMarked
package io.tritter.run;

import org.jspecify.annotations.NullMarked;
