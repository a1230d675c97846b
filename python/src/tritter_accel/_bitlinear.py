"""`BitLinear`: a linear layer on packed ternary weights."""

from __future__ import annotations

import functools

from . import _host, _html
from ._array import Array, product
from ._call import ABSENT, call, tensor
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_java = _host.bridge.bitLinear()
_STATE = {"shape", "group_size", "activation_bits", "packed", "scales", "bias"}


class BitLinear:
    """``y = x w^T (+ bias)`` with the weights as trits, 2 bits each; made by `create_bitlinear`.

    >>> layer = create_bitlinear([[1.0, -1.0, 0.0, 0.5]])
    >>> layer
    BitLinear(in_features=4, out_features=1, bits=2, activation_bits=8, sparsity=0.25)
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

    @functools.cached_property
    def group_size(self) -> int | None:
        """Consecutive weights of a row that share a scale; None: one scale for all."""
        return int(_host.invoke(_java.groupSize, self._handle)) or None

    @functools.cached_property
    def activation_bits(self) -> int | None:
        """Bits that inputs are rounded to; None: they stay float32."""
        return int(_host.invoke(_java.activationBits, self._handle)) or None

    def state_dict(self) -> dict[str, Any]:
        """All that makes the layer: sizes, packed trits, scales and bias."""
        packed = Array._zeros((int(_host.invoke(_java.packedSize, self._handle)),), "uint8")
        call(_java.packed, self._handle, out=[packed])
        has_bias = _host.invoke(_java.hasBias, self._handle)
        return {
            "shape": (self.out_features, self.in_features),
            "group_size": self.group_size,
            "activation_bits": self.activation_bits,
            "packed": packed,
            "scales": tensor(_host.invoke(_java.scales, self._handle)),
            "bias": tensor(_host.invoke(_java.bias, self._handle)) if has_bias else None,
        }

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Any]) -> BitLinear:
        """The layer of a `state_dict`, equal to the last bit.

        Raises:
            ValueError: a part is missing, or does not fit the others.

        >>> layer = create_bitlinear([[1.0, -1.0, 0.0, 0.5]])
        >>> again = BitLinear.from_state_dict(layer.state_dict())
        >>> again([[1.0, 2.0, 3.0, 4.0]]) == layer([[1.0, 2.0, 3.0, 4.0]])
        True
        """
        missing = sorted(_STATE - set(state))
        if missing:
            raise ValueError(f"state: expected {', '.join(sorted(_STATE))}, got no {missing[0]}")
        shape = [integer(n, "shape", 1) for n in state["shape"]]
        if len(shape) != 2:
            raise ValueError(f"shape: expected 2 dimensions, got {shape}")
        group, bits = state["group_size"] or 0, state["activation_bits"] or 0
        sizes = integer(group, "group_size", 0), integer(bits, "activation_bits", 0)
        packed, scales = read(state["packed"], "packed", "uint8"), read(state["scales"], "scales")
        bias = ABSENT if state["bias"] is None else read(state["bias"], "bias", ndim=1)
        return cls(call(_java.restore, *shape, *sizes, packed, scales, bias))

    def __reduce__(self) -> Any:
        """Pickles the `state_dict`."""
        return BitLinear.from_state_dict, (self.state_dict(),)

    def __repr__(self) -> str:
        """Sizes, bits of a weight and of an activation, and the share of zeros."""
        return (
            f"BitLinear(in_features={self.in_features}, out_features={self.out_features}, bits=2, "
            f"activation_bits={self.activation_bits}, sparsity={self.sparsity:.4g})"
        )

    def _repr_html_(self) -> str:
        """The same as a table, with the size in memory."""
        size = int(_host.invoke(_java.sizeBytes, self._handle))
        scales = f"groups of {self.group_size}" if self.group_size else "1 scale"
        rows = {
            "shape": f"{self.out_features} x {self.in_features}",
            "weights": f"2 bits, {scales}",
            "activations": f"{self.activation_bits} bits" if self.activation_bits else "float32",
            "zeros": f"{self.sparsity:.1%}",
            "bytes": f"{size:,}, {self.compression_ratio:.1f} times less than float32",
        }
        return _html.table("BitLinear", rows)


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
