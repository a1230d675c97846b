"""Weights of 4 bits, to the byte those of bitsandbytes: NF4 and FP4, a scale for each block."""

from __future__ import annotations

from . import _host, _html
from ._array import Array, product
from ._call import ABSENT, call, tensor
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

__all__ = ["Nf4Linear", "Nf4Tensor", "create_nf4linear", "quantize", "quantize_checkpoint"]

_java = _host.bridge.quantization()


class Nf4Tensor:
    """A matrix in 4 bits a weight, made by `quantize`.

    >>> quantize([[1.0, -1.0, 0.0, 0.5]])
    Nf4Tensor(shape=(1, 4), quant_type='nf4', block_size=64, double_quant=False)
    """

    def __init__(
        self, handle: Any, shape: tuple[int, int], quant_type: str, block_size: int, double: bool
    ) -> None:
        """For `quantize`: takes the Java object."""
        self._handle = handle
        self.shape = shape
        self.quant_type = quant_type
        self.block_size = block_size
        self.double_quant = double

    @property
    def packed(self) -> Array:
        """The codes as bitsandbytes packs them: uint8, the first of a pair in the high half."""
        packed = Array._zeros((int(_host.invoke(_java.packedSize, self._handle)),), "uint8")
        call(_java.packed, self._handle, out=[packed])
        return packed

    @property
    def absmax(self) -> Array:
        """The scale of each block, float32; decoded where ``double_quant`` stores it in 8 bits."""
        return tensor(_host.invoke(_java.absmax, self._handle))

    @property
    def nbytes(self) -> int:
        """Bytes of the codes and of the scales as they are stored."""
        return int(_host.invoke(_java.sizeBytes, self._handle))

    def dequantize(self) -> Array:
        """The numbers that the codes stand for, float32 of the same shape.

        >>> quantize([[1.0, -1.0, 0.0, 0.25]], quant_type="fp4").dequantize().tolist()
        [[1.0, -1.0, 0.0, 0.25]]
        """
        return tensor(_host.invoke(_java.decode, self._handle))

    def __repr__(self) -> str:
        """Shape and form."""
        return (
            f"Nf4Tensor(shape={self.shape}, quant_type={self.quant_type!r}, "
            f"block_size={self.block_size}, double_quant={self.double_quant})"
        )


def quantize(
    weight: Any, block_size: int = 64, quant_type: str = "nf4", double_quant: bool = False
) -> Nf4Tensor:
    """The nearest codes of a matrix.

    Args:
        weight: finite numbers, ``[rows, cols]``.
        block_size: consecutive weights that share a scale: 32, 64, ... 4096.
        quant_type: "nf4" (quantiles of the normal distribution) or "fp4" (a small float).
        double_quant: scales in 8 bits each.

    Raises:
        ValueError: another shape, block size or type; NaN or an infinity in the weights.

    >>> t = quantize([[1.0, -1.0, 0.0, 0.5]])
    >>> t.packed.tolist(), t.absmax.tolist(), t.nbytes
    ([240, 124], [1.0], 6)
    """
    w = read(weight, "weight", ndim=2)
    size = integer(block_size, "block_size", 32)
    if not isinstance(quant_type, str):
        raise ValueError(f"quant_type: expected 'nf4' or 'fp4', got {quant_type!r}")
    handle = call(_java.quantize, *w.shape, quant_type, size, bool(double_quant), w)
    shape = (w.shape[0], w.shape[1])
    return Nf4Tensor(handle, shape, quant_type.lower(), size, bool(double_quant))


class Nf4Linear:
    """``y = x w^T (+ bias)`` on a weight of 4 bits, decoded a tile at a time and never whole.

    >>> layer = create_nf4linear([[1.0, -1.0, 0.0, 0.0]])
    >>> layer([[0.5, 0.25, 3.0, 4.0]]).tolist()
    [[0.25]]
    """

    def __init__(self, weight: Nf4Tensor, bias: Any = None) -> None:
        """A layer of a matrix ``[out_features, in_features]`` and a bias ``[out_features]``.

        Raises:
            ValueError: a bias of another shape.
        """
        b = ABSENT if bias is None else read(bias, "bias", ndim=1)
        self.weight = weight
        self.out_features, self.in_features = weight.shape
        self._handle = call(_java.layer, weight._handle, b)

    def forward(self, input: Any) -> Any:
        """The output for an input of shape ``[..., in_features]``: ``[..., out_features]``.

        Raises:
            ValueError: another last dimension, or numbers that are no floats.
        """
        x = self._read(input, "input", self.in_features)
        y = empty((*x.shape[:-1], self.out_features), "float32", input)
        call(_java.forward, self._handle, product(x.shape[:-1]), x, out=[y])
        return like(y, input)

    __call__ = forward

    def backward(self, gradient: Any) -> Any:
        """The gradient of the input for that of the output; the weight has none.

        Raises:
            ValueError: another last dimension than out_features.

        >>> create_nf4linear([[1.0, -1.0, 0.0, 0.0]]).backward([[2.0]]).tolist()
        [[2.0, -2.0, 0.0, 0.0]]
        """
        dy = self._read(gradient, "gradient", self.out_features)
        dx = empty((*dy.shape[:-1], self.in_features), "float32", gradient)
        call(_java.backward, self._handle, product(dy.shape[:-1]), dy, out=[dx])
        return like(dx, gradient)

    @staticmethod
    def _read(value: Any, name: str, features: int) -> Array:
        x = read(value, name)
        if x.shape[-1] != features:
            raise ValueError(f"{name}: expected shape [..., {features}], got {list(x.shape)}")
        return x

    def __repr__(self) -> str:
        """Sizes and form."""
        return (
            f"Nf4Linear(in_features={self.in_features}, out_features={self.out_features}, "
            f"quant_type={self.weight.quant_type!r}, block_size={self.weight.block_size})"
        )

    def _repr_html_(self) -> str:
        """The same as a table, with the size in memory."""
        rows = {
            "shape": f"{self.out_features} x {self.in_features}",
            "weights": f"{self.weight.quant_type}, blocks of {self.weight.block_size}",
            "bytes": f"{self.weight.nbytes:,}",
        }
        return _html.table("Nf4Linear", rows)


def create_nf4linear(
    weight: Any,
    bias: Any = None,
    block_size: int = 64,
    *,
    quant_type: str = "nf4",
    double_quant: bool = False,
) -> Nf4Linear:
    """A layer from float32 weights ``[out_features, in_features]``; see `quantize`.

    Raises:
        ValueError: what `quantize` refuses, or a bias of another shape.

    >>> create_nf4linear([[1.0, -1.0]], [0.5])([[1.0, 1.0]]).tolist()
    [[0.5]]
    """
    return Nf4Linear(quantize(weight, block_size, quant_type, double_quant), bias)


def quantize_checkpoint(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    to: str,
    *,
    block_size: int = 64,
    double_quant: bool = False,
) -> list[dict[str, Any]]:
    """Writes a packed checkpoint of a dense one, which `Model` and transformers load.

    Args:
        source: a Hugging Face directory of a Llama or BitNet model.
        out: another directory, made if it is not there.
        to: "bitnet" (2 bits), "nf4", "fp4" (4 bits) or "int8", the last three by bitsandbytes.
        block_size: weights that share a scale, of 4 bits.
        double_quant: scales of 4 bits in 8 bits each.

    Returns:
        for each matrix its name, bytes before and after, and the root mean square error as a
        part of the root mean square weight.

    Raises:
        OSError: a file is missing.
        ValueError: a model that cannot be quantized so, or a file that does not hold what it
            promises.
    """
    size = integer(block_size, "block_size", 32)
    report = _host.invoke(_java.checkpoint, str(source), str(out), to, size, bool(double_quant))
    names = [str(name) for name in _host.invoke(report.names)]
    before = [int(n) for n in _host.invoke(report.bytesBefore)]
    after = [int(n) for n in _host.invoke(report.bytesAfter)]
    errors = [float(e) for e in _host.invoke(report.errors)]
    keys = ("name", "bytes_before", "bytes_after", "error")
    return [
        dict(zip(keys, row, strict=True)) for row in zip(names, before, after, errors, strict=True)
    ]
