"""Gradients compressed: by a sparse random projection, or to the largest ones as trits."""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import Arrays, call, tensor
from ._convert import empty, integer, like, number, read, seed_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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


class GradientCompressor:
    """What one worker sends to the others, step after step: the largest gradients, as trits.

    What a step leaves out is added to the next gradients (error feedback), so nothing is lost,
    only late. Every block of 256 numbers has one scale.

    >>> compressor = GradientCompressor({"w": (4,)}, ratio=0.5)
    >>> message = compressor.compress({"w": [0.25, -4.0, 4.0, 0.5]})
    >>> merge_gradients([message])["w"]
    Array([0.0, -4.0, 4.0, 0.0], dtype=float32)
    >>> message = compressor.compress({"w": [0.25, 0.0, 0.0, 0.5]})
    >>> merge_gradients([message])["w"]
    Array([0.75, 0.0, 0.0, 0.75], dtype=float32)
    """

    def __init__(
        self, shapes: Mapping[str, Sequence[int]], *, ratio: float = 0.09, seed: int = 0
    ) -> None:
        """Makes a compressor that has left out nothing yet.

        Args:
            shapes: of each parameter, by name.
            ratio: share of the numbers that are kept, above 0, at most 1; the bytes of a 32nd
                are reached at 0.09.
            seed: of the places where gradients are looked at for their threshold.

        Raises:
            ValueError: another ratio, no parameter.
        """
        names = [str(name) for name in shapes]
        sizes = [[integer(n, name, 1) for n in shape] for name, shape in shapes.items()]
        share = number(ratio, "ratio")
        self._handle = _host.invoke(_java.compressor, names, sizes, share, seed_of(seed))

    def compress(self, gradients: Mapping[str, Any]) -> bytes:
        """The message with the largest of these gradients and of what was left out before.

        Raises:
            ValueError: a gradient is missing, unknown, of another shape or not finite; nothing has
                changed then.
        """
        message = call(_java.message, self._handle, *_by_name(gradients))
        size = int(_host.invoke(_java.messageSize, message))
        out = Array._zeros((size,), "uint8")
        call(_java.messageBytes, message, out=[out])
        return out.tobytes()


def _by_name(gradients: Mapping[str, Any]) -> tuple[list[str], list[list[int]], Arrays]:
    arrays = {str(name): read(g, f"gradients[{name}]") for name, g in gradients.items()}
    return list(arrays), [list(a.shape) for a in arrays.values()], Arrays(arrays.values())


def merge_gradients(messages: Sequence[bytes]) -> dict[str, Array]:
    """The mean of the gradients of several workers, added up from what they sent.

    Raises:
        ValueError: bytes that are no message, or messages about other parameters; no message.
    """
    arrays = Arrays(read(m, f"messages[{i}]", "uint8") for i, m in enumerate(messages))
    mean = call(_java.mean, arrays)
    return {
        str(_host.invoke(_java.name, mean, i)): tensor(_host.invoke(_java.gradient, mean, i))
        for i in range(int(_host.invoke(_java.count, mean)))
    }


def compression_report(message: bytes, gradients: Mapping[str, Any]) -> dict[str, float]:
    """What a message saves and loses of the gradients that it was made of.

    Returns:
        ``original_bytes``, ``compressed_bytes``, their ``ratio``, the ``cosine`` to the gradients
        and the ``relative_error``.

    >>> gradients = {"w": [1.0, -1.0] * 2048}
    >>> message = GradientCompressor({"w": (4096,)}, ratio=1.0).compress(gradients)
    >>> report = compression_report(message, gradients)
    >>> report["original_bytes"], report["cosine"], report["relative_error"]
    (16384, 1.0, 0.0)
    """
    given = read(message, "message", "uint8")
    names, shapes, arrays = _by_name(gradients)
    original, cosine, error = call(_java.report, names, shapes, given, arrays)
    return {
        "original_bytes": int(original),
        "compressed_bytes": len(message),
        "ratio": len(message) / int(original),
        "cosine": float(cosine),
        "relative_error": float(error),
    }


class TernaryAccumulator:
    """A sum that takes 2 bits a number, and a scale a block of 256; its expected value is exact.

    After each addition a number v becomes the largest magnitude s of its block, with the sign of
    v, with probability abs(v) / s, else 0.

    >>> accumulator = TernaryAccumulator(3, seed=1)
    >>> accumulator.add([2.0, 0.0, -2.0])
    >>> accumulator.sum()
    Array([2.0, 0.0, -2.0], dtype=float32)
    """

    def __init__(self, size: int, *, seed: int = 0) -> None:
        """Makes a sum of nothing.

        Raises:
            ValueError: a size below 1.
        """
        self.size = integer(size, "size", 1)
        self._handle = _host.invoke(_java.accumulator, self.size, seed_of(seed))

    @property
    def nbytes(self) -> int:
        """Bytes that the sum takes."""
        return int(_host.invoke(_java.accumulatorBytes, self._handle))

    def add(self, values: Any) -> None:
        """Adds an array of any shape.

        Raises:
            ValueError: another size, NaN or an infinity; nothing has changed then.
        """
        call(_java.accumulate, self._handle, read(values, "values"))

    def sum(self) -> Array:
        """The sum, one dimension."""
        out = Array._zeros((self.size,), "float32")
        call(_java.accumulated, self._handle, out=[out])
        return out
