"""NF4 in PyTorch alone, and in bitsandbytes where that is installed."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from implementation import Implementation, returning
from torch import Tensor

BLOCK = 64
# Quantiles of the normal distribution: Dettmers et al., 2023, QLoRA, appendix E.
NEGATIVE = (-1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036)
POSITIVE = (0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0)
NUMBERS = torch.tensor([*NEGATIVE, 0.0, *POSITIVE])
# Both numbers of a byte at a time: one look-up for two weights.
PAIRS = torch.stack([NUMBERS.repeat_interleave(16), NUMBERS.repeat(16)], 1)


def quantize(w: Tensor) -> tuple[Tensor, Tensor]:
    """Codes, two in a byte, and the scale of each block."""
    blocks = w.reshape(-1, BLOCK)
    absmax = blocks.abs().amax(1, keepdim=True)
    codes = torch.bucketize(blocks * (1 / absmax), (NUMBERS[:-1] + NUMBERS[1:]) / 2)
    pairs = codes.reshape(-1, 2)
    return (pairs[:, 0] * 16 + pairs[:, 1]).int(), absmax


def dequantize(codes: Tensor, absmax: Tensor, rows: int, cols: int) -> Tensor:
    """The weights in float32."""
    return (F.embedding(codes, PAIRS).view(-1, BLOCK) * absmax).view(rows, cols)


def bitsandbytes(x: Tensor, w: Tensor) -> list[Implementation]:
    """Its dequantization and a product, and its layer, which in training keeps to float32."""
    try:
        import bitsandbytes as bnb
        from bitsandbytes import functional
    except ImportError:
        return []
    packed, state = functional.quantize_4bit(w, blocksize=BLOCK, quant_type="nf4")

    layer = bnb.nn.LinearNF4(*reversed(w.shape), bias=False, compute_dtype=torch.float32)
    layer.weight = bnb.nn.Params4bit(
        w, requires_grad=False, quant_type="nf4", compress_statistics=False
    )
    layer = layer.to("cpu").train()
    return [
        returning(
            "bitsandbytes-dequantized",
            lambda: F.linear(x, functional.dequantize_4bit(packed, state)),
        ),
        returning("bitsandbytes", lambda: layer(x)),
    ]
