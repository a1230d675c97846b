"""`BitLinear`: a linear layer on packed ternary weights."""

from __future__ import annotations

import functools

from . import _host
from ._array import product
from ._call import ABSENT, call
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_java = _host.bridge.bitLinear()


class BitLinear:
    """``y = x w^T (+ bias)`` with the weights as trits, 2 bits each; made by `create_bitlinear`.

    >>> layer = create_bitlinear([[1.0, -1.0, 0.0, 0.5]])
    >>> layer
    BitLinear(in_features=4, out_features=1)
    >>> layer([[1.0, 1.0, 1.0, 1.0]]).shape
    (1, 1)
    """

    def __init__(self, handle: Any) -> None:
        """For `create_bitlinear`: takes the Java object."""
        self._handle = handle
        self.in_features: int = int(_host.invoke(_java.inFeatures, handle))
        self.out_features: int = int(_host.invoke(_java.outFeatures, handle))

    @property
    def compression_ratio(self) -> float:
        """Bytes of the weight in float32 for each byte of trits and scales."""
        return float(_host.invoke(_java.compressionRatio, self._handle))

    @functools.cached_property  # a layer never changes
    def sparsity(self) -> float:
        """Share of the weights that are zero, 0 to 1."""
        return float(_host.invoke(_java.sparsity, self._handle))

    def forward(self, input: Any) -> Any:
        """The layer's output for an input of shape ``[..., in_features]``: ``[..., out_features]``.

        Raises:
            ValueError: another last dimension, or numbers that are no floats.
        """
        x = read(input, "input")
        if x.shape[-1] != self.in_features:
            raise ValueError(
                f"input: expected shape [..., {self.in_features}], got {list(x.shape)}"
            )
        y = empty((*x.shape[:-1], self.out_features), "float32", input)
        call(_java.forward, self._handle, product(x.shape[:-1]), x, out=[y])
        return like(y, input)

    __call__ = forward

    def __repr__(self) -> str:
        """The sizes."""
        return f"BitLinear(in_features={self.in_features}, out_features={self.out_features})"


def create_bitlinear(
    weight: Any,
    bias: Any = None,
    group_size: int | None = 64,
    *,
    activation_bits: int | None = 8,
) -> BitLinear:
    """A layer from float32 weights ``[out_features, in_features]``, quantized to trits.

    Args:
        weight: finite numbers.
        bias: ``[out_features]``.
        group_size: consecutive weights of a row that share a scale; None: one scale for all.
        activation_bits: 2 to 8: each row of the input is rounded to integers of that many bits,
            as in BitNet b1.58; None: float32 activations.

    Raises:
        ValueError: wrong shapes, NaN or an infinity in the weights, a wrong group size or width.

    >>> layer = create_bitlinear([[1.0, -1.0], [0.0, 0.5]], group_size=None, activation_bits=None)
    >>> layer([[1.0, 0.5]]).tolist()
    [[0.3125, 0.3125]]
    """
    w = read(weight, "weight", ndim=2)
    b = ABSENT if bias is None else read(bias, "bias", ndim=1)
    group = 0 if group_size is None else integer(group_size, "group_size", 1)
    bits = 0 if activation_bits is None else integer(activation_bits, "activation_bits", 2)
    return BitLinear(call(_java.create, *w.shape, group, bits, w, b))


def bitlinear_forward(layer: BitLinear, input: Any) -> Any:
    """``layer(input)``."""
    return layer(input)


def bitlinear_compression_ratio(layer: BitLinear) -> float:
    """``layer.compression_ratio``."""
    return layer.compression_ratio


def bitlinear_sparsity(layer: BitLinear) -> float:
    """``layer.sparsity``."""
    return layer.sparsity


def bitlinear_in_features(layer: BitLinear) -> int:
    """``layer.in_features``."""
    return layer.in_features


def bitlinear_out_features(layer: BitLinear) -> int:
    """``layer.out_features``."""
    return layer.out_features
