"""What the server prepares and measures, and three ways to make one of a function of tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Request:
    """Sizes, and the folder with the inputs."""

    folder: Path
    sizes: dict[str, int]

    def array(self, i: int, *shape: int, dtype: type = np.float32) -> NDArray:
        """Input i of this shape."""
        return np.fromfile(self.folder / f"{i}.bin", dtype=dtype).reshape(shape or -1)

    def tensor(self, i: int, *shape: int, dtype: type = np.float32) -> Tensor:
        """Input i of this shape as a tensor."""
        return torch.from_numpy(self.array(i, *shape, dtype=dtype))


@dataclass(frozen=True)
class Implementation:
    """One way to compute an operation: the call, and what the last call has computed."""

    name: str
    call: Callable[[], object]
    outputs: Callable[[], list[NDArray]]


def returning(name: str, function: Callable[[], Tensor | tuple[Tensor, ...]]) -> Implementation:
    """An implementation that returns new tensors."""
    last: list[Tensor] = []

    def call() -> None:
        result = function()
        last[:] = result if isinstance(result, tuple) else (result,)

    return Implementation(name, call, lambda: [t.detach().contiguous().numpy() for t in last])


def both(function: Callable[..., Tensor], *inputs: Tensor) -> list[Implementation]:
    """A function of tensors, eager and through torch.compile."""
    compiled = torch.compile(function, dynamic=False)
    return [
        returning("PyTorch", lambda: function(*inputs)),
        returning("PyTorch-compiled", lambda: compiled(*inputs)),
    ]


def with_gradients(function: Callable[..., Tensor], *inputs: Tensor) -> list[Implementation]:
    """Forward and backward, eager and compiled; the last input is the gradient of the output."""
    *leaves, dout = inputs
    for leaf in leaves:
        leaf.requires_grad_()

    def run(forward: Callable[..., Tensor]) -> tuple[Tensor, ...]:
        return torch.autograd.grad(forward(*leaves), leaves, dout)

    compiled = torch.compile(function, dynamic=False)
    return [
        returning("PyTorch", lambda: run(function)),
        returning("PyTorch-compiled", lambda: run(compiled)),
    ]
