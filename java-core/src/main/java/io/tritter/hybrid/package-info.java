/**
 * Training in which some steps cost less than a full one: a phase machine and the predictors that
 * stand in for a backward pass.
 */
@NullMarked
package io.tritter.hybrid;

import org.jspecify.annotations.NullMarked;
