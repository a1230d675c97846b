"""The published layouts of ternary matrices, to the byte and both ways.

===========  ==================================================  ====================
name         bytes of a matrix                                   scales in it
===========  ==================================================  ====================
tritter      those of `pack_ternary_weights`                     none
huggingface  transformers: uint8 ``[ceil(rows / 4), cols]``      none
tq1_0        GGUF: blocks of 256 trits in 54 bytes               float16 for a block
tq2_0        GGUF: blocks of 256 trits in 66 bytes               float16 for a block
i2_s         bitnet.cpp on x86: blocks of 128 trits in 32 bytes  float32 for all
i2_s_arm     bitnet.cpp on ARM: blocks of 64 trits in 16 bytes   float32 for all
torchao      two's complement, the first of four in the top bits none
===========  ==================================================  ====================

What a layout cannot hold is refused, and so are bytes that no encoder writes.
"""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import call, tensor
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

__all__ = ["NAMES", "convert", "decode", "encode"]

_java = _host.bridge.layouts()

#: The layouts.
NAMES: tuple[str, ...] = tuple(str(name) for name in _host.invoke(_java.names))


def encode(trits: Any, layout: str, scale: Any = 1.0) -> bytes:
    """The bytes of a matrix of trits.

    Args:
        trits: exactly -1, 0 and 1, ``[rows, cols]``.
        layout: one of `NAMES`.
        scale: a number, or an array of one for the matrix, one a row, or one a block of the
            layout; a layout without scales leaves it to the caller, to be stored beside.

    Raises:
        ValueError: other numbers than trits, another layout, columns or scales that the layout
            cannot hold.

    >>> encode([[1, 0, -1, 1]], "tritter")
    b'a'
    >>> len(encode([[1, -1] * 128], "tq2_0", scale=0.5))
    66
    """
    t = read(trits, "trits", ndim=2)
    s = read([scale] if isinstance(scale, (int, float)) else scale, "scale")
    raw = Array._zeros((_size(layout, *t.shape),), "uint8")
    call(_java.encode, layout, *t.shape, t, s, out=[raw])
    return raw.tobytes()


def decode(raw: Any, shape: Sequence[int], layout: str) -> tuple[Any, Any]:
    """The trits of stored bytes, int8 ``[rows, cols]``, and their scales.

    Args:
        raw: the bytes.
        shape: ``(rows, cols)``.
        layout: one of `NAMES`.

    Returns:
        trits, and float32 scales ``[rows, blocks]`` where each block has one, else ``[1]``; 1
        where the layout has none.

    Raises:
        ValueError: the wrong number of bytes, what is no trit, a scale that is no finite number.

    >>> trits, scales = decode(b"a", (1, 4), "tritter")
    >>> trits.tolist(), scales.tolist()
    ([[1, 0, -1, 1]], [1.0])
    """
    r, (rows, cols) = _stored(raw, shape, layout)
    handle = call(_java.decode, layout, rows, cols, r)
    trits = empty((rows, cols), "int8", raw)
    call(_java.trits, handle, out=[trits])
    return like(trits, raw), like(tensor(_host.invoke(_java.scales, handle)), raw)


def convert(raw: Any, shape: Sequence[int], source: str, target: str) -> bytes:
    """The bytes of another layout: of the same trits, with the same scales where it has some.

    Raises:
        ValueError: what `decode` and `encode` refuse.

    >>> convert(b"a", (1, 4), "tritter", "torchao")
    b'M'
    """
    r, (rows, cols) = _stored(raw, shape, source)
    converted = Array._zeros((_size(target, rows, cols),), "uint8")
    call(_java.convert, source, target, rows, cols, r, out=[converted])
    return converted.tobytes()


def _size(layout: str, rows: int, cols: int) -> int:
    if not isinstance(layout, str):
        raise ValueError(f"layout: expected one of {', '.join(NAMES)}, got {layout!r}")
    return int(_host.invoke(_java.sizeBytes, layout, rows, cols))


def _stored(raw: Any, shape: Sequence[int], layout: str) -> tuple[Array, list[int]]:
    sizes = [integer(n, "shape", 1) for n in shape]
    if len(sizes) != 2:
        raise ValueError(f"shape: expected 2 dimensions, got {sizes}")
    r, size = read(raw, "raw", "uint8"), _size(layout, *sizes)
    if r.size != size:
        matrix = f"{sizes[0]} rows of {sizes[1]} trits in {layout}"
        raise ValueError(f"raw: expected {size} bytes for {matrix}, got {r.size}")
    return r, sizes
