/** What a training run shows and leaves behind: metrics, plots, baselines to judge it by. */
@NullMarked
package io.tritter.train;

import org.jspecify.annotations.NullMarked;
