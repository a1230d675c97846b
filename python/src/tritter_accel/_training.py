"""Training runs that a YAML file describes."""

from __future__ import annotations

import os
import time

from . import _host
from ._run import ProgressBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_java = _host.bridge.trainings()
_PAUSE = 0.1  # seconds between two looks at a run


def run_template(preset: str = "demo") -> str:
    """A run file to begin with: YAML with a comment on each setting.

    Args:
        preset: ``demo``, ``pretrain-100m``, ``finetune``, ``lora`` or ``qlora``.

    Raises:
        ValueError: another preset.

    >>> "learning_rate" in run_template("demo")
    True
    """
    return str(_host.invoke(_java.template, preset))


def validate_run(path: str | os.PathLike[str], settings: Mapping[str, object] | None = None) -> str:
    """Checks a run file, its model and its data, and says in words what it would train.

    Args:
        settings: as in `train_run`.

    Raises:
        OSError: the file, or what it names, cannot be read.
        ValueError: something is not what it should be; the message has file, line and key.
    """
    return str(_host.invoke(_java.describe, str(path), _settings(settings)))


def train_run(
    path: str | os.PathLike[str],
    settings: Mapping[str, object] | None = None,
    *,
    resume: bool = False,
    progress: bool = True,
) -> dict[str, Any]:
    """Trains as a run file says, to its limits; the same as ``tritter train``.

    An interrupt saves a checkpoint and ends the run; called again with ``resume=True`` it goes on,
    to the same bits as without the break.

    Args:
        path: a YAML file; `run_template` gives one, docs/training.md describes it.
        settings: values in place of what the file says, such as ``{"training.steps": 200}``.
        resume: goes on from the newest checkpoint of the run's output, if there is one.
        progress: shows a bar, held-out losses and alerts on standard error.

    Returns:
        ``steps, tokens, seconds, held_out_loss, best_loss, best_step, end, finished, model``:
        losses in nats a token (NaN without held-out data), why the run ended, whether that was a
        limit of its own, and the directory of the model.

    Raises:
        OSError: something cannot be read or written; the last checkpoint is as it was.
        ValueError: something is not what it should be, or a loss is not finite.
    """
    run = _host.invoke(_java.start, str(path), _settings(settings), resume)
    bar = ProgressBar() if progress else None
    while _host.invoke(_java.running, run):
        try:
            _show(run, bar)
            time.sleep(_PAUSE)
        except KeyboardInterrupt:
            _host.invoke(_java.stop, run)
    numbers = [float(n) for n in _host.invoke(_java.summary, run)]
    end, model = (str(text) for text in _host.invoke(_java.outcome, run))
    _show(run, bar)
    if bar is not None:
        bar.close()
    return {
        "steps": int(numbers[0]),
        "tokens": int(numbers[1]),
        "seconds": numbers[2],
        "held_out_loss": numbers[3],
        "best_loss": numbers[4],
        "best_step": int(numbers[5]),
        "end": end,
        "finished": bool(numbers[6]),
        "model": model,
    }


def _show(run: Any, bar: ProgressBar | None) -> None:
    lines = [str(line) for line in _host.invoke(_java.messages, run)]
    numbers = [float(n) for n in _host.invoke(_java.progress, run)]
    if bar is None:
        return
    for line in lines:
        bar.note(line)
    if numbers:
        done, step, loss, speed, left = numbers
        bar.show(
            done,
            step=int(step),
            phase=str(_host.invoke(_java.phase, run)),
            loss=loss,
            tokens_per_second=speed,
            seconds_left=left,
        )


def _settings(settings: Mapping[str, object] | None) -> list[str]:
    return [f"{key}={_yaml(value)}" for key, value in (settings or {}).items()]


def _yaml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
