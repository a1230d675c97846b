"""`AdamW`, `AdamW8bit`, `CautiousAdamW`, `NAdam`, `Muon`: optimizers of a `Model`."""

from __future__ import annotations

from . import _host
from ._call import Arrays, call
from ._convert import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ._model import Model

_calls = _host.bridge.models()


class Optimizer:
    """What `AdamW` and its relatives are: steps over the weights of a `Model`."""

    def __init__(self, model: Model, handle: Any) -> None:
        """Is called by the classes that say which optimizer it is."""
        self.model = model
        self._handle = handle

    def step(
        self,
        gradients: Mapping[str, Any] | None = None,
        *,
        learning_rate: float,
        max_norm: float = float("inf"),
    ) -> float:
        """One update by the model's own gradients or by others, such as predicted ones.

        Args:
            gradients: name -> array, one for each parameter; None for the model's own.
            max_norm: gradients of a larger global norm are scaled down to it.

        Returns:
            The global norm of the gradients before clipping.

        Raises:
            ValueError: a gradient is missing, of another shape or not finite; nothing has changed.
        """
        model = self.model._handle
        if gradients is None:
            return float(_host.invoke(_calls.step, self._handle, model, learning_rate, max_norm))
        names = list(gradients)
        arrays = Arrays(read(gradients[name], name) for name in names)
        sizes = learning_rate, max_norm
        return float(call(_calls.stepBy, self._handle, model, *sizes, names, arrays))


class AdamW(Optimizer):
    """AdamW (Loshchilov and Hutter, 2019) over the weights of a `Model`; norms are not decayed.

    >>> from tritter_accel import Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> optimizer = AdamW(model, weight_decay=0.0)
    >>> before = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = optimizer.step(learning_rate=0.015625)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < before
    True
    """

    def __init__(
        self,
        model: Model,
        *,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
    ) -> None:
        """Makes an optimizer; it holds two floats a weight.

        Raises:
            ValueError: a constant outside its range.
        """
        call = _calls.adamW
        super().__init__(model, _host.invoke(call, model._handle, *betas, eps, weight_decay))


class AdamW8bit(Optimizer):
    """`AdamW` whose moments take a byte each (Dettmers et al., 2022), as in bitsandbytes.

    Those of tensors below 4096 weights stay in float32.

    >>> from tritter_accel import Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> optimizer = AdamW8bit(model)
    >>> before = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = optimizer.step(learning_rate=0.015625)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < before
    True
    """

    def __init__(
        self,
        model: Model,
        *,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
    ) -> None:
        """Makes an optimizer; it holds two bytes a weight, and two floats for 256 of them.

        Raises:
            ValueError: a constant outside its range.
        """
        call = _calls.adamW8bit
        super().__init__(model, _host.invoke(call, model._handle, *betas, eps, weight_decay))


class CautiousAdamW(Optimizer):
    """`AdamW` with the cautious mask (Liang et al., 2024).

    A weight whose first moment and gradient differ in sign stays, but for the decay, and the
    others of its tensor of n weights move by n / (agreeing + 1) times as much.

    >>> from tritter_accel import Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> optimizer = CautiousAdamW(model)
    >>> before = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = optimizer.step(learning_rate=0.015625)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < before
    True
    """

    def __init__(
        self,
        model: Model,
        *,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
    ) -> None:
        """Makes an optimizer; it holds two floats a weight.

        Raises:
            ValueError: a constant outside its range.
        """
        call = _calls.cautiousAdamW
        super().__init__(model, _host.invoke(call, model._handle, *betas, eps, weight_decay))


class NAdam(Optimizer):
    """`AdamW` with Nesterov's look-ahead (Dozat, 2016).

    The form is that of `torch.optim.NAdam` with `decoupled_weight_decay=True`.

    >>> from tritter_accel import Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> optimizer = NAdam(model)
    >>> before = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = optimizer.step(learning_rate=0.015625)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < before
    True
    """

    def __init__(
        self,
        model: Model,
        *,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
        momentum_decay: float = 0.004,
    ) -> None:
        """Makes an optimizer; it holds two floats a weight.

        Args:
            momentum_decay: the momentum of step t is
                `betas[0] * (1 - 0.5 * 0.96 ** (t * momentum_decay))`.

        Raises:
            ValueError: a constant outside its range.
        """
        constants = *betas, eps, weight_decay, momentum_decay
        super().__init__(model, _host.invoke(_calls.nadam, model._handle, *constants))


class Muon(Optimizer):
    """Muon (Jordan et al., 2024) for the matrices of the layers, `AdamW` for all else.

    The momentum of a matrix is made orthogonal by Newton-Schulz iterations and scaled by
    `0.2 * sqrt(max(rows, cols))`, so that a learning rate of `AdamW` fits. Embeddings, the head,
    norms and biases go by `AdamW` with the given constants.

    >>> from tritter_accel import Model
    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> optimizer = Muon(model)
    >>> before = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = optimizer.step(learning_rate=0.015625)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < before
    True
    """

    def __init__(
        self,
        model: Model,
        *,
        momentum: float = 0.95,
        iterations: int = 5,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
    ) -> None:
        """Makes an optimizer; it holds one float a weight of a matrix, two a weight of the rest.

        Args:
            momentum: of the matrices.
            iterations: of Newton-Schulz.

        Raises:
            ValueError: a constant outside its range.
        """
        constants = momentum, iterations, *betas, eps, weight_decay
        super().__init__(model, _host.invoke(_calls.muon, model._handle, *constants))
