"""`HybridTrainer`: training in which some steps are cheap, and in which that has to pay."""

from __future__ import annotations

import json

from . import _host
from ._array import Array
from ._call import Arrays, call, tensor
from ._convert import like, number, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ._model import Model
    from ._optimizer import Optimizer

_java = _host.bridge.hybrid()

_STEP = {
    "step": int,
    "phase": str,
    "kind": str,
    "cost": float,
    "loss": float,
    "gradient_norm": float,
    "learning_rate": float,
    "divergence": str,
    "verdict": str,
}
_ARM = {
    "kind": str,
    "length": int,
    "strength": float,
    "tries": int,
    "kept": int,
    "rejections": int,
    "declined": int,
    "advantage": float,
}
_FORECAST = {
    "kind": str,
    "steps": int,
    "compared": int,
    "forecast": float,
    "last_value": float,
    "line": float,
}
_PHASES = ("warmup", "full", "predict", "correct")


class Effort:
    """How much of a full step a pass is to do: shares above 0, at most 1.

    Attributes:
        batch: of the sequences.
        context: of the length of each sequence, from its beginning.
        depth: of the layers, from the input.
        embeddings: whether embeddings get a gradient.
    """

    def __init__(
        self,
        batch: float = 1.0,
        context: float = 1.0,
        depth: float = 1.0,
        embeddings: bool = True,
    ) -> None:
        """By default a full step."""
        self.batch = batch
        self.context = context
        self.depth = depth
        self.embeddings = embeddings

    def of(self, share: float, count: int) -> int:
        """A share of a number of things, rounded to the nearest, at least one.

        >>> Effort(batch=0.25).of(0.25, 10)
        3
        """
        return max(1, int(share * count + 0.5))

    def __repr__(self) -> str:
        """The shares."""
        shares = f"batch={self.batch}, context={self.context}, depth={self.depth}"
        return f"Effort({shares}, embeddings={self.embeddings})"


class HybridTrainer:
    """Training in which some steps cost less than a full one, as long as that pays.

    WARMUP, perhaps an opening of cheap steps, then FULL steps. Now and then an attempt: PREDICT
    steps of one kind, CORRECT steps in which training recovers, and a verdict by the loss there.
    What has harmed is undone to the bit. The keywords are those of the ``hybrid`` block of a run
    file: ``preset``, ``kinds``, ``lengths``, ``opening`` and so on. ``from_scratch=True`` says that
    the model has learned nothing yet, so that a preset may open with a part of its layers and make
    the others copies of them; in a run file that is known.

    >>> from tritter_accel import AdamW, Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> opening = {"kind": "batch", "steps": 2, "strengths": [0.5]}
    >>> trainer = HybridTrainer(model, AdamW(model), warmup_steps=1, opening=opening, kinds=[])
    >>> batch = [[1, 2, 3], [4, 5, 6]], [[2, 3, 4], [5, 6, 7]]
    >>> steps = [trainer.step(batch, learning_rate=0.015625) for _ in range(4)]
    >>> [(step["phase"], step["cost"]) for step in steps]
    [('WARMUP', 1.0), ('PREDICT', 0.5), ('PREDICT', 0.5), ('CORRECT', 1.0)]
    """

    def __init__(
        self,
        model: Model,
        optimizer: Optimizer,
        *,
        total_steps: int = 0,
        max_norm: float = 1.0,
        probe: tuple[Any, Any] | None = None,
        context: int | None = None,
        snapshot: Callable[[], Any] | None = None,
        restore: Callable[[Any], None] | None = None,
        **settings: Any,
    ) -> None:
        """A trainer of a `Model`; `of_callables` makes one of any other model.

        Args:
            model: whose weights all learn.
            optimizer: of the model.
            total_steps: of the run, by which a preset opens; 0 if they are not known.
            max_norm: gradients of a larger global norm are scaled down to it.
            probe: ids and targets, always the same, by whose loss attempts are judged; None: the
                losses of the steps, which cost nothing and show less.
            context: ids a sequence; None: the model's context.
            snapshot: what else a rollback is to restore, such as the place in the data.
            restore: puts a snapshot back.
            settings: of the ``hybrid`` block.

        Raises:
            ValueError: a setting that is unknown or outside its range.
        """
        x, y = (_ids(probe[0]), _ids(probe[1])) if probe else (_NO_IDS, _NO_IDS)
        handle = call(
            _java.create,
            model._handle,
            optimizer._handle,
            _text(settings),
            total_steps,
            max_norm,
            context or 0,
            x.shape[0] if probe else 0,
            x,
            y,
        )
        self._begin(handle, snapshot, restore)
        self._held = model, optimizer

    def _begin(
        self,
        handle: Any,
        snapshot: Callable[[], Any] | None,
        restore: Callable[[Any], None] | None,
    ) -> None:
        if (snapshot is None) != (restore is None):
            raise ValueError("snapshot: expected restore with it, and the other way round")
        self._handle = handle
        self._snapshot = snapshot
        self._restore = restore
        self._snapshots: dict[int, Any] = {}

    @classmethod
    def of_callables(
        cls,
        parameters: Mapping[str, Any],
        forward_backward: Callable[[Any, Effort], tuple[float, Mapping[str, Any]]],
        apply_delta: Callable[[dict[str, Any]], None],
        snapshot: Callable[[], Any],
        restore: Callable[[Any], None],
        *,
        optimizer: str | Mapping[str, Any] = "cautious",
        total_steps: int = 0,
        max_norm: float = 1.0,
        embeddings: tuple[str, ...] = (),
        **settings: Any,
    ) -> HybridTrainer:
        """A trainer of a model that is not ours. Attempts are judged by the losses of their steps.

        Args:
            parameters: float32 arrays by name, the weights as they are.
            forward_backward: of a batch and an `Effort` gives the loss, and gradients by name. It
                does the part that it is asked for: leave out kinds whose part it cannot do.
            apply_delta: adds arrays to the weights by name, in float32.
            snapshot: everything that a rollback has to restore: weights, generators, the place in
                the data.
            restore: puts a snapshot back; it may be asked for the same one once.
            optimizer: that runs here: adamw, cautious, nadam, muon, or the ``optimizer`` block of
                a run file.
            total_steps: of the run, by which a preset opens; 0 if they are not known.
            max_norm: gradients of a larger global norm are scaled down to it.
            embeddings: names of parameters whose gradients an `Effort` may leave out.
            settings: of the ``hybrid`` block.

        Raises:
            ValueError: a setting that is unknown or outside its range.
        """
        arrays = {str(name): read(value, str(name)) for name, value in parameters.items()}
        block = {"kind": optimizer} if isinstance(optimizer, str) else dict(optimizer)
        handle = call(
            _java.createPassed,
            _text(settings),
            total_steps,
            max_norm,
            json.dumps(block),
            list(embeddings),
            list(arrays),
            [list(a.shape) for a in arrays.values()],
            Arrays(arrays.values()),
        )
        return _OfCallables(
            handle, forward_backward, apply_delta, snapshot, restore, dict(parameters)
        )

    # --- steps ---------------------------------------------------------------------------------

    @property
    def phase(self) -> str:
        """The phase of the next step: WARMUP, FULL, PREDICT or CORRECT."""
        return str(_host.invoke(_java.phase, self._handle))

    @property
    def effort(self) -> Effort | None:
        """The pass that the next step runs; None for none."""
        shares = [float(share) for share in _host.invoke(_java.effort, self._handle)]
        if not shares:
            return None
        batch, context, depth, embeddings = shares
        return Effort(batch, context, depth, embeddings == 1)

    @property
    def needs_batch(self) -> bool:
        """Whether the next step looks at its batch."""
        return self.effort is not None

    def step(self, batch: Any = None, *, learning_rate: float) -> dict[str, Any]:
        """Takes a step.

        Args:
            batch: ids and targets, each [batch, length]; of callables whatever they take. A step
                that needs none does not look at it, and may be given a function that returns one.
            learning_rate: of a full step.

        Returns:
            ``step``, ``phase``, ``kind`` of a cheap step, ``cost`` in full steps, ``loss`` (NaN
            where nothing ran), ``gradient_norm``, ``learning_rate`` that was used, ``divergence``
            (NORMAL, CAUTION, WARNING, CRITICAL), ``verdict`` (NONE, KEPT, ROLLED_BACK) on an
            attempt that ended, ``predicted``.

        Raises:
            ValueError: no batch where one is needed; a loss or gradient that is not finite, outside
                of an attempt.
        """
        result = self._step(number(learning_rate, "learning_rate"), batch)
        taken, wanted = (int(n) for n in _host.invoke(_java.snapshots, self._handle))
        self._changed(wanted)
        if taken and self._snapshot is not None:
            self._snapshots = {taken: self._snapshot()}
        fields = zip(_STEP.items(), _host.invoke(_java.fields, result), strict=True)
        step: dict[str, Any] = {name: kind(value) for (name, kind), value in fields}
        step["predicted"] = step["phase"] == "PREDICT"
        return step

    def _step(self, rate: float, batch: Any) -> Any:
        given = _given(batch) if self.needs_batch else None
        if given is None:
            return call(_java.step, self._handle, rate, 0, _NO_IDS, _NO_IDS)
        ids, targets = _ids(given[0]), _ids(given[1])
        return call(_java.step, self._handle, rate, ids.shape[0], ids, targets)

    def _changed(self, wanted: int) -> None:
        """Puts a snapshot back, if one is wanted."""
        if wanted and self._restore is not None:
            self._restore(self._snapshots.pop(wanted))

    # --- state ---------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Steps and seconds of each phase, attempts, progress, overhead, arms and forecasts.

        ``progress`` is the fall of the mean loss since WARMUP a second, ``overhead`` the share of
        the time that was neither pass nor optimizer. ``forecasts`` has, with ``forecast=True``,
        the mean absolute errors of forecasts of the loss so many ``steps`` of a ``kind`` ahead
        (OFF: full ones), beside those of the last value and of a straight line.
        """
        numbers = [float(n) for n in _host.invoke(_java.stats, self._handle)]
        names = [f"{phase}_{unit}" for phase in _PHASES for unit in ("steps", "seconds")]
        stats: dict[str, Any] = {
            name: int(value) if name.endswith("steps") else value
            for name, value in zip(names, numbers, strict=False)
        }
        stats["progress"], stats["overhead"], stats["rate_factor"] = numbers[len(names) :]
        stats["arms"] = _records(_ARM, _host.invoke(_java.arms, self._handle))
        stats["forecasts"] = _records(_FORECAST, _host.invoke(_java.forecasts, self._handle))
        for name in ("tries", "kept", "declined"):
            stats[name] = sum(arm[name] for arm in stats["arms"])
        stats["rolled_back"] = stats["tries"] - stats["kept"]
        return stats

    def state_dict(self) -> dict[str, dict[Any, Any]]:
        """A snapshot of trainer and optimizer: ``tensors``, ``numbers``, and ``snapshots``.

        The weights of a `Model` are not in it. ``snapshots`` has what `snapshot` gave, for an
        attempt that is under way.
        """
        state = _host.invoke(_java.state, self._handle)
        trainer = _host.bridge.trainer()
        tensors = [str(name) for name in _host.invoke(trainer.tensorNames, state)]
        numbers = [str(name) for name in _host.invoke(trainer.numberNames, state)]
        return {
            "tensors": {n: tensor(_host.invoke(trainer.tensor, state, n)) for n in tensors},
            "numbers": {n: float(_host.invoke(trainer.number, state, n)) for n in numbers},
            "snapshots": dict(self._snapshots),
        }

    def load_state_dict(self, state: Mapping[str, Mapping[Any, Any]]) -> None:
        """Goes on from a `state_dict` with the same bits, if the weights are those of then.

        Raises:
            ValueError: a state of other settings or parameters; the trainer is of no use then.
        """
        if not {"tensors", "numbers", "snapshots"} <= set(state):
            raise ValueError(f"state: expected tensors, numbers, snapshots, got {sorted(state)}")
        arrays = {n: read(v, n) for n, v in state["tensors"].items()}
        call(
            _java.load,
            self._handle,
            list(state["numbers"]),
            [number(v, n) for n, v in state["numbers"].items()],
            list(arrays),
            [list(a.shape) for a in arrays.values()],
            Arrays(arrays.values()),
        )
        self._snapshots = dict(state["snapshots"])

    def __repr__(self) -> str:
        """Phase and attempts."""
        stats = self.stats()
        attempts = f"tries={stats['tries']}, kept={stats['kept']}"
        return f"HybridTrainer(phase={self.phase}, {attempts})"


class _OfCallables(HybridTrainer):
    """A trainer of a model that is not ours."""

    def __init__(
        self,
        handle: Any,
        forward_backward: Callable[[Any, Effort], tuple[float, Mapping[str, Any]]],
        apply_delta: Callable[[dict[str, Any]], None],
        snapshot: Callable[[], Any],
        restore: Callable[[Any], None],
        parameters: dict[str, Any],
    ) -> None:
        self._begin(handle, snapshot, restore)
        self._forward_backward = forward_backward
        self._apply_delta = apply_delta
        self._shapes = {name: read(value, name).shape for name, value in parameters.items()}
        self._kind = next(iter(parameters.values()))

    def _step(self, rate: float, batch: Any) -> Any:
        effort = self.effort
        if effort is None:
            return _host.invoke(_java.stepWithoutPass, self._handle, rate)
        given = _given(batch)
        if given is None:
            raise ValueError(f"batch: expected a batch in phase {self.phase}, got None")
        loss, gradients = self._forward_backward(given, effort)
        missing = [name for name in self._shapes if name not in gradients]
        if missing:
            raise ValueError(f"gradients: expected a gradient of {missing[0]!r}, got none")
        arrays = Arrays(read(gradients[name], f"gradients[{name}]") for name in self._shapes)
        return call(_java.stepPassed, self._handle, rate, float(loss), arrays)

    def _changed(self, wanted: int) -> None:
        if wanted:
            super()._changed(wanted)
            _host.invoke(_java.restored, self._handle)
            return
        deltas = {name: Array._zeros(shape, "float32") for name, shape in self._shapes.items()}
        call(_java.changes, self._handle, out=[Arrays(deltas.values())])
        self._apply_delta({name: like(delta, self._kind) for name, delta in deltas.items()})


_NO_IDS = Array._zeros((0,), "int32")


def _records(fields: Mapping[str, type[Any]], rows: Any) -> list[dict[str, Any]]:
    """Rows of values as dictionaries."""
    return [
        {name: kind(value) for (name, kind), value in zip(fields.items(), row, strict=True)}
        for row in rows
    ]


def _text(settings: Mapping[str, Any]) -> str:
    """Settings as the JSON that a run file would have."""
    return json.dumps(settings)


def _given(batch: Any) -> Any:
    return batch() if callable(batch) else batch


def _ids(values: Any) -> Array:
    given = read(values, "ids", "int32")
    if given.ndim not in (1, 2):
        raise ValueError(f"ids: expected shape [batch, length], got {list(given.shape)}")
    return given.reshape(1, -1) if given.ndim == 1 else given
