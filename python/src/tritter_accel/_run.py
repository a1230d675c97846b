"""What is shown and written of a training run: metrics, a progress bar, a plot of the loss."""

from __future__ import annotations

import math
import os
import shutil
import sys

from . import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_calls = _host.bridge.runs()


class MetricsLog:
    """A file of JSON lines, one a training step and one a held-out loss; flushed line by line."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Begins a new file."""
        self.path = str(path)
        self._handle = _host.invoke(_calls.log, self.path)

    def step(
        self,
        step: int,
        phase: str,
        *,
        loss: float = math.nan,
        gradient_norm: float = math.nan,
        learning_rate: float = math.nan,
        tokens: int = 0,
        tokens_per_second: float = math.nan,
        seconds: float = math.nan,
        predicted: bool = False,
    ) -> None:
        """Writes a step; NaN stands for what was not measured.

        Args:
            loss: nats a token, of this step's batch.
            tokens, seconds: since the run began.
            predicted: whether the gradients were predicted.
        """
        numbers = loss, gradient_norm, learning_rate, tokens, tokens_per_second, seconds
        _host.invoke(_calls.step, self._handle, step, phase, *numbers, predicted)

    def held_out(self, step: int, loss: float, seconds: float) -> None:
        """Writes a loss on held-out text, in nats a token."""
        _host.invoke(_calls.heldOut, self._handle, step, loss, seconds)

    def close(self) -> None:
        """Closes the file."""
        _host.invoke(_calls.close, self._handle)

    def __enter__(self) -> MetricsLog:
        """The log itself; it is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.close()


def plot_losses(
    png: str | os.PathLike[str],
    log: MetricsLog | str | os.PathLike[str],
    *,
    title: str = "training",
    lines: Mapping[str, float] | None = None,
) -> None:
    """Draws a metrics file as a PNG: the loss with the phases in colours.

    Args:
        lines: name -> loss in nats, drawn across for comparison.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: a log without a loss.
    """
    path = log.path if isinstance(log, MetricsLog) else str(log)
    named = dict(lines or {})
    numbers = [float(value) for value in named.values()]
    _host.invoke(_calls.plot, str(png), title, path, list(named), numbers)


class ProgressBar:
    """One line about a run that is under way, drawn again and again on a terminal.

    Where the output is not a terminal, a line is printed for every tenth of the run instead.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        """Makes a bar on a stream; standard error by default."""
        self._out = sys.stderr if out is None else out
        self._terminal = self._out.isatty()
        self._unicode = "utf" in (getattr(self._out, "encoding", None) or "").lower()
        self._tenths = 0

    def show(
        self,
        fraction: float,
        *,
        step: int,
        phase: str,
        loss: float,
        tokens_per_second: float,
        seconds_left: float,
    ) -> None:
        """Draws the bar for what is done, from 0 to 1."""
        if not self._terminal and int(fraction * 10) <= self._tenths:
            return
        self._tenths = int(fraction * 10)
        width = shutil.get_terminal_size((100, 24)).columns if self._terminal else 100
        line = _host.invoke(
            _calls.progress, fraction, step, phase, loss, tokens_per_second, seconds_left,
            width - 1, self._unicode,
        )  # fmt: skip
        self._out.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._out.flush()

    def note(self, line: str) -> None:
        """Writes a line of its own above the bar."""
        self._out.write(f"\r{line}\x1b[K\n" if self._terminal else f"{line}\n")
        self._out.flush()

    def close(self) -> None:
        """Leaves the line."""
        if self._terminal:
            self._out.write("\n")
            self._out.flush()
