"""Weights as trits: quantize, pack to 2 bits, unpack, multiply."""

from __future__ import annotations

from . import _host
from ._array import Array, product
from ._call import call
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_java = _host.bridge.ternary()


def quantize_weights_absmean(weights: Any) -> tuple[Any, Any]:
    """The nearest trits of ``[rows, cols]`` weights, and the mean magnitude of each row.

    Returns:
        trits as float32 ``[rows, cols]``, and scales ``[rows]``: ``weights ~ trits * scale``.

    Raises:
        ValueError: not a matrix, NaN or an infinity.

    >>> trits, scales = quantize_weights_absmean([[1.0, -2.0, 0.25, 0.75]])
    >>> trits.tolist(), scales.tolist()
    ([[1.0, -1.0, 0.0, 1.0]], [1.0])
    """
    w = read(weights, "weights", ndim=2)
    trits, scales = (empty(s, "float32", weights) for s in (w.shape, w.shape[:1]))
    call(_java.quantize, *w.shape, w, out=[trits, scales])
    return like(trits, weights), like(scales, weights)


def pack_ternary_weights(weights: Any, scales: Any) -> tuple[Any, Any]:
    """Packs exact trits ``[rows, cols]``: four a byte, the first lowest; 0, +1, -1 are 0, 1, 2.

    Returns:
        uint8 ``[rows * ceil(cols / 4)]``, as each row starts on a byte, and the scales.

    Raises:
        ValueError: a number other than -1, 0 and 1, or not one scale a row.

    >>> packed, scales = pack_ternary_weights([[1, 0, -1, 1, 1]], [0.5])
    >>> packed.tolist(), scales.tolist()
    ([97, 1], [0.5])
    """
    w = read(weights, "weights", ndim=2)
    s = _scales(scales, w.shape[0])
    row_bytes = int(_host.invoke(_java.rowBytes, w.shape[1]))
    packed = empty((w.shape[0] * row_bytes,), "uint8", weights)
    call(_java.pack, *w.shape, w, out=[packed])
    return like(packed, weights), like(s.copy(), scales)


def unpack_ternary_weights(packed: Any, scales: Any, shape: Sequence[int]) -> Any:
    """The weights ``trit * scale`` of packed trits, float32 of ``shape`` ``(rows, cols)``.

    Raises:
        ValueError: the wrong number of bytes or scales, code 11, bits behind a row's end.

    >>> unpack_ternary_weights(bytes([97, 1]), [0.5], (1, 5)).tolist()
    [[0.5, 0.0, -0.5, 0.5, 0.5]]
    """
    p, s, (rows, cols) = _packed(packed, scales, shape)
    weights = empty((rows, cols), "float32", packed, scales)
    call(_java.unpack, rows, cols, p, s, out=[weights])
    return like(weights, packed, scales)


def ternary_matmul(
    input: Any,
    packed: Any,
    scales: Any,
    shape: Sequence[int],
    *,
    activation_bits: int | None = None,
) -> Any:
    """``input [..., cols]`` times packed weights of ``shape`` ``(rows, cols)``: ``[..., rows]``.

    Args:
        activation_bits: None: float32 activations; 2 to 8: rounded to integers, row by row.

    Raises:
        ValueError: shapes that do not fit, or packed trits that `unpack_ternary_weights` refuses.

    >>> ternary_matmul([[1.0, 2.0, 3.0, 4.0, 5.0]], bytes([97, 1]), [0.5], (1, 5)).tolist()
    [[3.5]]
    """
    x = read(input, "input")
    p, s, (rows, cols) = _packed(packed, scales, shape)
    if x.shape[-1] != cols:
        raise ValueError(f"input: expected shape [..., {cols}], got {list(x.shape)}")
    bits = 0 if activation_bits is None else integer(activation_bits, "activation_bits", 2)
    y = empty((*x.shape[:-1], rows), "float32", input)
    call(_java.matmul, product(x.shape[:-1]), rows, cols, bits, x, p, s, out=[y])
    return like(y, input)


def _packed(packed: Any, scales: Any, shape: Sequence[int]) -> tuple[Array, Array, list[int]]:
    sizes = [integer(n, "shape", 1) for n in shape]
    if len(sizes) != 2:
        raise ValueError(f"shape: expected 2 dimensions, got {sizes}")
    return read(packed, "packed", "uint8"), _scales(scales, sizes[0]), sizes


def _scales(scales: Any, rows: int) -> Array:
    s = read(scales, "scales")
    if s.size != rows:
        raise ValueError(f"scales: expected {rows} numbers, one a row, got {s.size}")
    return s
