"""`Trainer`: tells step by step whether a backward pass is needed, and predicts where it is not."""

from __future__ import annotations

import collections

from . import _host, _html
from ._array import Array, product
from ._call import Arrays, call, tensor
from ._convert import integer, like, number, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

_java = _host.bridge.trainer()

#: How many losses a notebook shows.
_SHOWN = 200

_STEP = {
    "phase": str,
    "needs_backward": bool,
    "next_needs_backward": bool,
    "total_step": int,
    "cycle": int,
    "speedup": float,
    "mean_prediction_error": float,
}
_STATS = {
    "total_steps": int,
    "warmup_steps": int,
    "full_steps": int,
    "predict_steps": int,
    "correct_steps": int,
    "cycles": int,
    "speedup": float,
    "mean_prediction_error": float,
    "current_loss": float,
}


class Trainer:
    """A phase machine with a predictor of gradients; made by `create_trainer`.

    Steps go through WARMUP, then cycles of FULL, PREDICT and CORRECT. A PREDICT step needs no
    backward pass: it gets gradients that are extrapolated from the measured ones.

    >>> trainer = create_trainer([("w", (2,))], warmup_steps=1, full_steps=1, predict_steps=2)
    >>> def gradients():
    ...     print("backward")
    ...     return {"w": [1.0, 2.0]}
    >>> phases = [trainer.step(gradients)["phase"] for _ in range(4)]
    backward
    backward
    >>> phases
    ['WARMUP', 'FULL', 'PREDICT', 'PREDICT']
    """

    def __init__(
        self, handle: Any, shapes: dict[str, tuple[int, ...]], options: dict[str, Any]
    ) -> None:
        """For `create_trainer`: takes the Java object, and what it was made of."""
        self._handle = handle
        self._shapes = shapes
        self._options = options
        self._losses: collections.deque[float] = collections.deque(maxlen=_SHOWN)
        self._kind: Any = None

    @property
    def needs_backward(self) -> bool:
        """Whether the step that has begun, or else the next one, needs gradients."""
        return bool(_host.invoke(_java.needsBackward, self._handle))

    @property
    def phase(self) -> str:
        """The phase of the step that has begun or, between two steps, of the last one."""
        return str(_host.invoke(_java.phase, self._handle))

    def begin_step(self) -> bool:
        """Enters the next step; whether it needs gradients. `end_step` or `step` does it."""
        _host.invoke(_java.beginStep, self._handle)
        return self.needs_backward

    def end_step(self, gradients: Any = None, loss: float = 0.0) -> dict[str, Any]:
        """The step that `begin_step` began: another name of `step`."""
        return self.step(gradients, loss)

    def step(
        self,
        gradients: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None,
        loss: float = 0.0,
    ) -> dict[str, Any]:
        """Does a step.

        Args:
            gradients: an array by parameter name, or a function that returns that. The function is
                called only when the step needs gradients; a dict is not looked at otherwise.
            loss: for the statistics and for adaptive phase lengths.

        Returns:
            ``phase``, ``needs_backward`` of this step and ``next_needs_backward`` of the one after
            it, ``total_step`` from 0, ``cycle``, ``predicted_gradients`` (arrays by name at a
            PREDICT step, else None; also as ``predicted_grads``), ``speedup`` in steps for each
            backward pass, ``mean_prediction_error``.

        Raises:
            ValueError: no gradients where they are needed, an unknown or missing name, another
                shape, NaN or an infinity; the trainer is then as it was before.
        """
        value = number(loss, "loss")
        if self.needs_backward:
            given = gradients() if callable(gradients) else gradients
            arrays = self._arrays(given)
            names, shapes = list(arrays), [list(a.shape) for a in arrays.values()]
            values = Arrays(arrays.values())
            step = call(_java.step, self._handle, value, names, shapes, values)
        else:
            step = _host.invoke(_java.stepWithoutGradients, self._handle, value)
        self._losses.append(value)
        result = _named(_STEP, _host.invoke(_java.fields, step))
        result["predicted_gradients"] = result["predicted_grads"] = self._prediction(step)
        return result

    def _arrays(self, gradients: Any) -> dict[str, Array]:
        if gradients is None:
            raise ValueError("gradients: expected an array for each parameter, got None")
        if not hasattr(gradients, "items"):
            kind = type(gradients).__name__
            raise ValueError(f"gradients: expected a dict of arrays by name, got {kind}")
        arrays = {}
        for name, gradient in gradients.items():
            arrays[str(name)] = read(gradient, f"gradients[{name}]")
            self._kind = gradient
        return arrays

    def _prediction(self, step: Any) -> dict[str, Any] | None:
        if not _host.invoke(_java.hasPrediction, step):
            return None
        arrays = {name: Array._zeros(shape, "float32") for name, shape in self._shapes.items()}
        call(_java.prediction, step, list(arrays), out=[Arrays(arrays.values())])
        return {name: like(array, self._kind) for name, array in arrays.items()}

    def stats(self) -> dict[str, Any]:
        """Steps of each phase, cycles, speedup, mean prediction error and the last loss."""
        return _named(_STATS, _host.invoke(_java.stats, self._handle))

    def reset(self) -> None:
        """Back to the first step, with nothing remembered."""
        _host.invoke(_java.reset, self._handle)

    def state_dict(self) -> dict[str, dict[str, Any]]:
        """A snapshot of all that decides how training goes on: ``tensors`` and ``numbers``."""
        state = _host.invoke(_java.state, self._handle)
        tensors = [str(name) for name in _host.invoke(_java.tensorNames, state)]
        numbers = [str(name) for name in _host.invoke(_java.numberNames, state)]
        return {
            "tensors": {n: tensor(_host.invoke(_java.tensor, state, n)) for n in tensors},
            "numbers": {n: float(_host.invoke(_java.number, state, n)) for n in numbers},
        }

    def load_state_dict(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Goes on from a `state_dict`, bit by bit as the trainer that it came from.

        Raises:
            ValueError: a state of other parameters or another kind of fit; nothing changes then.
        """
        if not {"tensors", "numbers"} <= set(state):
            raise ValueError(f"state: expected tensors and numbers, got {sorted(state)}")
        numbers = {n: number(v, n) for n, v in state["numbers"].items()}
        arrays = {n: read(v, n) for n, v in state["tensors"].items()}
        call(
            _java.load,
            self._handle,
            list(numbers),
            list(numbers.values()),
            list(arrays),
            [list(a.shape) for a in arrays.values()],
            Arrays(arrays.values()),
        )

    def __reduce__(self) -> Any:
        """Pickles the options and the `state_dict`."""
        return _restored, (self._shapes, self._options, self.state_dict())

    def __repr__(self) -> str:
        """Phase and number of parameters."""
        return f"Trainer(phase={self.phase}, parameters={len(self._shapes)})"

    def _repr_html_(self) -> str:
        """Phase, steps and speedup as a table, and the last losses as a line."""
        stats = self.stats()
        steps = {n: stats[f"{n}_steps"] for n in ("warmup", "full", "predict", "correct")}
        rows = {
            "phase": self.phase,
            "parameters": f"{sum(map(product, self._shapes.values())):,} in {len(self._shapes)}",
            "steps": f"{stats['total_steps']:,}: "
            + ", ".join(f"{count:,} {name}" for name, count in steps.items()),
            "speedup": f"{stats['speedup']:.2f} steps for each backward pass",
            "prediction error": f"{stats['mean_prediction_error']:.4g}",
        }
        return _html.table("Trainer", rows, _html.sparkline(self._losses, "loss"))


def _named(kinds: Mapping[str, Callable[[Any], Any]], values: Any) -> dict[str, Any]:
    """The fields of a Java record by name, as Python's own types."""
    pairs = zip(kinds.items(), values, strict=True)
    return {name: kind(value) for (name, kind), value in pairs}


def create_trainer(
    params: Sequence[tuple[str, Sequence[int]]],
    warmup_steps: int = 10,
    full_steps: int = 5,
    predict_steps: int = 20,
    correct_every: int = 5,
    *,
    history_window: int | None = None,
    history_decay: float = 0.95,
    loss_threshold: float | None = 0.1,
) -> Trainer:
    """A trainer for parameters of the given names and shapes.

    Args:
        params: pairs ``(name, shape)``; a shape has any number of dimensions.
        warmup_steps: steps before the first cycle, at least 1.
        full_steps: measured steps at the start of a cycle, at least 1.
        predict_steps: length of the stretch of predicted steps; 0 predicts nothing.
        correct_every: every so many of them one is measured, to correct the prediction.
        history_window: fit the last gradients themselves, the numbers of vsa-optim-rs with the same
            setting (which keeps two more than it says); None: running sums, whatever the length.
        history_decay: weight of a gradient relative to the next one.
        loss_threshold: after 20 losses lengthen or shorten the phases of each next cycle by their
            trend, as vsa-optim-rs does by default; None: keep the lengths.

    Raises:
        ValueError: no parameters, a name twice, or a number out of its range.

    >>> create_trainer([("layer.weight", (4, 8)), ("layer.bias", (4,))])
    Trainer(phase=WARMUP, parameters=2)
    """
    shapes: dict[str, tuple[int, ...]] = {}
    names, sizes = [], []
    for pair in params:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"params: expected pairs of name and shape, got {pair!r}")
        name, shape = pair
        names.append(str(name))
        sizes.append([integer(n, f"shape of {name}") for n in shape])
        shapes[names[-1]] = tuple(sizes[-1])
    window = 0 if history_window is None else integer(history_window, "history_window", 2)
    threshold = 0.0 if loss_threshold is None else number(loss_threshold, "loss_threshold")
    if loss_threshold is not None and not threshold > 0:
        raise ValueError(f"loss_threshold: expected a positive number, got {loss_threshold}")
    options = {
        "warmup_steps": integer(warmup_steps, "warmup_steps"),
        "full_steps": integer(full_steps, "full_steps"),
        "predict_steps": integer(predict_steps, "predict_steps"),
        "correct_every": integer(correct_every, "correct_every"),
    }
    decay = number(history_decay, "history_decay")
    lengths = options.values()
    handle = _host.invoke(_java.create, names, sizes, *lengths, window, decay, threshold)
    fit = {"history_window": window or None, "history_decay": decay}
    return Trainer(handle, shapes, options | fit | {"loss_threshold": threshold or None})


def _restored(
    shapes: dict[str, tuple[int, ...]], options: dict[str, Any], state: dict[str, Any]
) -> Trainer:
    trainer = create_trainer(list(shapes.items()), **options)
    trainer.load_state_dict(state)
    return trainer


def trainer_step(trainer: Trainer, gradients: Any = None, loss: float = 0.0) -> dict[str, Any]:
    """``trainer.step(gradients, loss)``."""
    return trainer.step(gradients, loss)


def trainer_get_phase(trainer: Trainer) -> str:
    """``trainer.phase``."""
    return trainer.phase


def trainer_get_stats(trainer: Trainer) -> dict[str, Any]:
    """``trainer.stats()``."""
    return trainer.stats()


def trainer_reset(trainer: Trainer) -> None:
    """``trainer.reset()``."""
    trainer.reset()
