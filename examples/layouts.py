"""One ternary matrix in every published layout: how large it is, and that nothing is lost.

./tritter python examples/layouts.py
"""

from __future__ import annotations

import array
import random

import tritter_accel as ta
from tritter_accel import layouts

SHAPE = ROWS, COLS = 64, 512


def weights(seed: int = 1) -> array.array:
    """Weights as they are at the start of training."""
    draw = random.Random(seed)
    return array.array("f", (draw.gauss(0, 0.02) for _ in range(ROWS * COLS)))


def sizes(trits: ta.Array, scale: float) -> dict[str, float]:
    """Bits of a weight in each layout, after the way there and back from Hugging Face's."""
    published = layouts.encode(trits, "huggingface")
    bits = {}
    for name in layouts.NAMES:
        raw = layouts.convert(published, SHAPE, "huggingface", name)
        again, _ = layouts.decode(raw, SHAPE, name)
        if again != trits.tolist():
            raise ValueError(f"{name}: expected the same trits, got others")
        bits[name] = 8 * len(layouts.encode(trits, name, scale)) / trits.size
    return bits


def main() -> None:
    """Quantizes and prints."""
    dense = ta.array(weights()).reshape(1, -1)
    trits, scales = ta.quantize_weights_absmean(dense)  # one scale for the matrix
    for name, bits in sizes(trits.reshape(*SHAPE), scales[0]).items():
        print(f"{name:12}{bits:6.3f} bits a weight")


if __name__ == "__main__":
    main()
