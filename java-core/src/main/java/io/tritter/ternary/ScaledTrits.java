package io.tritter.ternary;

import io.tritter.tensor.Tensor;

/**
 * A matrix of trits with its scales: {@code weight = scale * trit}.
 *
 * @param scales [1], one for the matrix; or [rows, blocks], one for each block of a row
 */
public record ScaledTrits(TritMatrix trits, Tensor scales) {}
