"""Texts as bytes: what to train on, what to judge by, and what simpler models make of it."""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_calls = _host.bridge.texts()


class TextCorpus:
    """A text file, or the files of a folder, in two parts: training text and held-out text.

    With twenty files or more every twentieth is held out whole; with fewer, the last twentieth of
    the text. Files with the very content of an earlier one are left out.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        suffix: str = "",
        *,
        limit_bytes: int = 2**31 - 65,
        held_out_limit: int = 2**31 - 65,
    ) -> None:
        """Reads it.

        Args:
            suffix: what names end in that are taken from a folder, such as ".py".
            limit_bytes: the file that passes this is cut there, later ones are left out.
            held_out_limit: the held-out text is cut there.

        Raises:
            OSError: the path cannot be read.
            ValueError: a folder without such a file, or too little text for two parts.
        """
        self._handle = _host.invoke(_calls.read, str(path), suffix, limit_bytes, held_out_limit)
        sizes = _host.invoke(_calls.sizes, self._handle)
        self.training_bytes, self.held_out_bytes, self.files = (int(n) for n in sizes)

    def batches(self, batch: int, context: int, seed: int = 0) -> Iterator[tuple[Array, Array]]:
        """Endless pairs (ids, targets) of windows of the training text, int32 [batch, context].

        The arrays are used again for the next pair. The same seed gives the same windows.

        Raises:
            ValueError: the text is shorter than a window.
        """
        sampler = _host.invoke(_calls.sampler, self._handle, batch, context, seed)
        return self._sampled(sampler, batch, context)

    @staticmethod
    def _sampled(sampler: object, batch: int, context: int) -> Iterator[tuple[Array, Array]]:
        ids, targets = (Array._zeros((batch, context), "int32") for _ in range(2))
        while True:
            call(_calls.next, sampler, out=[ids, targets])
            yield ids, targets

    def held_out(self, batch: int, context: int) -> Iterator[tuple[Array, Array, int]]:
        """The held-out text from beginning to end: (ids, targets, how many targets count)."""
        sequence = _host.invoke(_calls.heldOut, self._handle, batch, context)
        ids, targets = (Array._zeros((batch, context), "int32") for _ in range(2))
        for index in range(_host.invoke(_calls.batches, sequence)):
            yield ids, targets, int(call(_calls.get, sequence, index, out=[ids, targets]))

    def held_out_text(self, count: int) -> str:
        """The first ``count`` bytes of the held-out text."""
        return str(_host.invoke(_calls.heldOutText, self._handle, count))

    def baselines(self) -> dict[str, float]:
        """Bits a byte that simple models and compressors need for the held-out text.

        The unigram and bigram models, and the compressors named "after training", have seen the
        training text; gzip and xz see the held-out text alone.
        """
        found = _host.invoke(_calls.baselines, self._handle)
        names = [str(name) for name in _host.invoke(_calls.baselineNames, found)]
        bits = [float(value) for value in _host.invoke(_calls.baselineBits, found)]
        return dict(zip(names, bits, strict=True))

    def __repr__(self) -> str:
        """Sizes of both parts."""
        return (
            f"TextCorpus({self.files} files, {self.training_bytes:,} bytes to train on, "
            f"{self.held_out_bytes:,} held out)"
        )
