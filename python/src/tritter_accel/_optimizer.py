"""`AdamW`: the optimizer of a `Model`."""

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


class AdamW:
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
        self.model = model
        self._handle = _host.invoke(_calls.adamW, model._handle, *betas, eps, weight_decay)

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
