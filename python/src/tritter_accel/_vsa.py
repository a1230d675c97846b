"""The hypervector functions of the published module: those of `vsa` with a device."""

from __future__ import annotations

from . import vsa
from ._device import on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._array import Array


def vsa_bind(a: Any, b: Any, device: str = "auto", *, binding: str = "modular") -> Any:
    """`vsa.bind` on a device, see `set_device`.

    Raises:
        ValueError: other numbers than trits, two dimensions, an unknown law or device.

    >>> bound = vsa_bind([1, 1, 0, -1], [1, -1, 0, -1])
    >>> bound.tolist()
    [-1, 0, 0, 1]
    >>> vsa_unbind(bound, [1, -1, 0, -1]).tolist()
    [1, 1, 0, -1]
    """
    with on(device):
        return vsa.bind(a, b, binding=binding)


def vsa_unbind(a: Any, b: Any, device: str = "auto", *, binding: str = "modular") -> Any:
    """`vsa.unbind` on a device: what was bound with ``b`` to give ``a``."""
    with on(device):
        return vsa.unbind(a, b, binding=binding)


def vsa_bundle(vectors: Any, device: str = "auto", *, weights: Any = None) -> Any:
    """`vsa.bundle` on a device: the sign of the sum, 0 where the vectors balance.

    >>> vsa_bundle([[1, 1, 0], [1, -1, 0], [1, 1, -1]]).tolist()
    [1, 1, -1]
    """
    with on(device):
        return vsa.bundle(vectors, weights=weights)


def vsa_similarity(a: Any, b: Any, metric: str = "cosine", device: str = "auto") -> float:
    """`vsa.similarity` on a device: ``cosine``, ``dot`` or ``hamming``.

    >>> a, b = [1, 1, 0, -1], [1, -1, 0, -1]
    >>> vsa_similarity(a, a), vsa_similarity(a, b, "dot"), vsa_similarity(a, b, "hamming")
    (1.0, 1.0, 0.25)
    """
    with on(device):
        return vsa.similarity(a, b, metric)


def vsa_random(dim: int, seed: int, device: str = "auto") -> Array:
    """`vsa.random` on a device: the same trits for the same seed on each.

    >>> vsa_random(1000, 7) == vsa_random(1000, 7), abs(vsa_random(1000, 7)[0]) <= 1
    (True, True)
    """
    with on(device):
        return vsa.random(dim, seed)
