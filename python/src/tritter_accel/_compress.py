"""Gradients compressed by a sparse random projection."""

from __future__ import annotations

from . import _host
from ._call import call
from ._convert import empty, integer, like, number, read, seed_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_java = _host.bridge.compression()


def compress_gradients_vsa(gradients: Any, compression_ratio: float, seed: int) -> tuple[Any, int]:
    """Adds each number, with a random sign, to one of ``size * compression_ratio`` sums.

    Args:
        gradients: any shape.
        compression_ratio: numbers kept for each number given: above 0, at most 1.
        seed: the same seed decompresses.

    Returns:
        the sums, one dimension, and the seed.

    Raises:
        ValueError: another ratio, NaN or an infinity, nothing to compress.

    >>> compressed, seed = compress_gradients_vsa([1.0, 2.0, 3.0, 4.0], 0.5, 7)
    >>> compressed.shape, seed
    ((2,), 7)
    """
    g = read(gradients, "gradients")
    ratio = number(compression_ratio, "compression_ratio")
    size = int(_host.invoke(_java.compressedSize, g.size, ratio))
    sketch = empty((size,), "float32", gradients)
    call(_java.compress, ratio, seed_of(seed), g, out=[sketch])
    return like(sketch, gradients), seed


def decompress_gradients_vsa(compressed: Any, original_dim: int, seed: int) -> Any:
    """An estimate of the ``original_dim`` numbers that were compressed, unbiased over seeds.

    Raises:
        ValueError: more numbers than ``original_dim``.

    >>> gradients = [0.5, -2.0, 3.0]
    >>> compressed, seed = compress_gradients_vsa(gradients, 1.0, 7)
    >>> decompress_gradients_vsa(compressed, 3, seed).tolist()
    [0.5, -2.0, 3.0]
    """
    sketch = read(compressed, "compressed")
    dim = integer(original_dim, "original_dim", 1)
    gradients = empty((dim,), "float32", compressed)
    call(_java.decompress, seed_of(seed), sketch, out=[gradients])
    return like(gradients, compressed)
