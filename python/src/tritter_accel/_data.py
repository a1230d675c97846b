"""Batches streamed from files of any size: JSON Lines, JSON, Parquet, text."""

from __future__ import annotations

import json
import os
import warnings

from . import _host
from ._array import Array
from ._call import call
from ._convert import integer, number, seed_of
from ._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_calls = _host.bridge.data()
_generation = _host.bridge.generation()
#: The end id that the tokenizer names.
_USUAL = -2


class Source:
    """Files, and how their rows are read; for `stream_dataset`."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        format: str = "text",
        *,
        fields: Mapping[str, str] | None = None,
        template: str | None = None,
        learn_prompts: bool = False,
        weight: float = 1.0,
    ) -> None:
        """Describes files; they are opened by `stream_dataset`.

        Args:
            path: a file, a folder, or a pattern such as ``data/**/*.jsonl``.
            format: "text", "prompt", "alpaca", "chat" or "sharegpt".
            fields: names in the files of fields that are not called as usual.
            template: "chatml", "llama3", "alpaca" or "plain"; None for the usual one of the format.
            learn_prompts: whether the loss counts prompts too, and not only answers.
            weight: how often examples are drawn from it, against the weights of other sources.

        Raises:
            ValueError: an unknown format, field or template; a weight that is not positive.
        """
        pairs = [name for pair in (fields or {}).items() for name in pair]
        self._described = f"Source({str(path)!r}, {format!r})"
        self._handle = _host.invoke(
            _calls.source, str(path), format, pairs, template or "", bool(learn_prompts),
            number(weight, "weight"),
        )  # fmt: skip

    def __repr__(self) -> str:
        """Path and format."""
        return self._described


def stream_dataset(
    source: str | os.PathLike[str] | Source | Iterable[Source],
    *,
    batch: int,
    context: int,
    tokenizer: str | os.PathLike[str] | Model | None = None,
    pack: bool = True,
    shuffle: int = 0,
    seed: int = 0,
    epochs: int = 1,
    hold_out_every: int = 0,
    held_out: bool = False,
    skip_bad_rows: bool = False,
    prefetch: int = 2,
    end_id: int | None = None,
) -> BatchStream:
    """Batches of files that are read as they are needed, in constant memory.

    Args:
        source: a path, or one `Source` or several, which are mixed by their weights.
        batch: sequences a batch.
        context: ids a sequence.
        tokenizer: a directory with a ``tokenizer.json``, or a model with one; None for bytes.
        pack: fill sequences with one example behind the other; otherwise each sequence is one
            example, cut or filled up.
        shuffle: examples that are put into another order together, and so many packed sequences
            after that; 0 for none.
        seed: of the order and the mixture.
        epochs: 0 for without end.
        hold_out_every: one row in so many is held out; 0 for none.
        held_out: give the rows that are held out, and not the others.
        skip_bad_rows: leave out rows that cannot be used, with a warning for the first of them;
            otherwise they are errors.
        prefetch: batches that a thread makes ahead; 0 for no thread.
        end_id: between documents; None for the one that the tokenizer names, -1 for none.

    Raises:
        OSError: a path that is not there, or cannot be read.
        ValueError: a folder or pattern without files of one kind; a size out of its range.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "some.jsonl")
    >>> _ = path.write_text('{"text": "to be"}\\n{"text": "or not"}\\n')
    >>> with stream_dataset(path, batch=1, context=5) as batches:
    ...     for ids, targets in batches:
    ...         print(bytes(ids[0].tolist()), targets[0].tolist())
    b'to be' [111, 32, 98, 101, 111]
    b'or no' [114, 32, 110, 111, 116]
    >>> folder.cleanup()
    """
    if isinstance(source, Source):
        sources = [source]
    elif isinstance(source, str | os.PathLike):
        sources = [Source(source)]
    else:
        sources = list(source)
    if not sources or not all(isinstance(each, Source) for each in sources):
        raise ValueError(f"source: expected a path or Sources, got {source!r}")
    sizes = integer(batch, "batch", 1), integer(context, "context", 1)
    settings = _host.invoke(
        _calls.settings, sources[0]._handle, *sizes, bool(pack), integer(shuffle, "shuffle", 0),
        seed_of(seed), integer(epochs, "epochs", 0), integer(hold_out_every, "hold_out_every", 0),
        bool(held_out), bool(skip_bad_rows), integer(prefetch, "prefetch", 0),
        _USUAL if end_id is None else integer(end_id, "end_id", -1),
    )  # fmt: skip
    for other in sources[1:]:
        settings = _host.invoke(_calls.mixed, settings, other._handle)
    return BatchStream._open(settings, _tokenizer(tokenizer), sizes)


def _tokenizer(given: str | os.PathLike[str] | Model | None) -> Any:
    if isinstance(given, Model):
        given = given._tokenizer
        return given or _host.invoke(_generation.bytes)
    if given is None:
        return _host.invoke(_generation.bytes)
    return _host.invoke(_generation.tokenizer, str(given))


class BatchStream:
    """Pairs (ids, targets) of int32 arrays [batch, context]; made by `stream_dataset`.

    ``targets[b, t]`` is the id after ``ids[b, t]``, or -100 where the loss does not count.

    A place can be kept: after ``load_state_dict(state_dict())``, here or in another process over
    the same files, exactly the batches follow that would have followed.
    """

    _handle: Any
    _shape: tuple[int, int]

    @classmethod
    def _open(cls, settings: Any, tokenizer: Any, shape: tuple[int, int]) -> BatchStream:
        stream = cls.__new__(cls)
        stream._handle = _host.invoke(_calls.open, settings, tokenizer)
        stream._shape = shape
        return stream

    def __iter__(self) -> BatchStream:
        """The stream itself: it goes on where it is; `reset` goes to the beginning."""
        return self

    def __next__(self) -> tuple[Array, Array]:
        """The next batch, in arrays of its own.

        Raises:
            ValueError: a file that is not what it should be, or a row that cannot be used.
        """
        ids, targets = (Array._zeros(self._shape, "int32") for _ in range(2))
        there = bool(call(_calls.next, self._handle, out=[ids, targets]))
        for report in _host.invoke(_calls.reports, self._handle):
            warnings.warn(str(report), stacklevel=2)
        if not there:
            raise StopIteration
        return ids, targets

    def __length_hint__(self) -> int:
        """About how many batches all epochs have; NotImplemented before that is known."""
        hint = int(_host.invoke(_calls.lengthHint, self._handle))
        return hint if hint >= 0 else NotImplemented

    def reset(self, epoch: int = 0) -> None:
        """Goes to the beginning of an epoch; each has its own order and mixture."""
        _host.invoke(_calls.reset, self._handle, integer(epoch, "epoch", 0))

    def state_dict(self) -> dict[str, Any]:
        """The place behind the batch that was given last: small, and made of plain values."""
        state: dict[str, Any] = json.loads(str(_host.invoke(_calls.state, self._handle)))
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes to a place of a stream with the same settings.

        Raises:
            ValueError: the state of another stream, or a file has changed since.
        """
        _host.invoke(_calls.restore, self._handle, json.dumps(state))

    @property
    def left_out(self) -> int:
        """How many rows were left out before the batch that was given last."""
        return _sum(self.state_dict())

    def close(self) -> None:
        """Ends the thread that reads ahead, and closes the files."""
        _host.invoke(_calls.close, self._handle)

    def __enter__(self) -> BatchStream:
        """The stream itself; it is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the files."""
        self.close()


def _sum(state: object) -> int:
    if isinstance(state, list):
        return sum(_sum(part) for part in state)
    if isinstance(state, dict):
        return int(state.get("left_out", 0)) + sum(_sum(part) for part in state.values())
    return 0
