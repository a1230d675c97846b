"""Hypervectors: bind, unbind, bundle, compare.

A hypervector is an array ``[dim]`` of the trits -1, 0 and 1 of any dtype; results are int8, and
float32 where the first argument is an array of floats.
"""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import ABSENT, call
from ._convert import array, asarray, integer, like, read, seed_of
from ._device import choose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_java = _host.bridge.vsa()


def vsa_bind(a: Any, b: Any, device: str = "auto", *, binding: str = "modular") -> Any:
    """Joins two hypervectors into one that resembles neither.

    Args:
        a: ``[dim]``.
        b: ``[dim]``.
        device: where it runs, see `set_device`.
        binding: ``modular``: sum modulo 3, exactly invertible; ``product``: element by element;
            ``modular_difference``: for data that trit-vsa made.

    Raises:
        ValueError: other numbers than trits, two dimensions, an unknown law or device.

    >>> bound = vsa_bind([1, 1, 0, -1], [1, -1, 0, -1])
    >>> bound.tolist()
    [-1, 0, 0, 1]
    >>> vsa_unbind(bound, [1, -1, 0, -1]).tolist()
    [1, 1, 0, -1]
    """
    return _pair(_java.bind, a, b, device, binding)


def vsa_unbind(a: Any, b: Any, device: str = "auto", *, binding: str = "modular") -> Any:
    """The hypervector that was bound with ``b`` to give ``a``; arguments as for `vsa_bind`."""
    return _pair(_java.unbind, a, b, device, binding)


def _pair(method: Callable[..., Any], a: Any, b: Any, device: str, binding: str) -> Any:
    choose(device)
    x, y = read(a, "a", "int8", ndim=1), read(b, "b", "int8", ndim=1)
    result = Array._zeros(x.shape, "int8")
    call(method, str(binding), x, y, out=[result])
    return _of_kind(result, a)


def vsa_bundle(vectors: Any, device: str = "auto", *, weights: Any = None) -> Any:
    """The hypervector nearest to all of several: the sign of their sum, 0 where they balance.

    Args:
        vectors: a list of hypervectors, or an array ``[n, dim]``.
        device: where it runs, see `set_device`.
        weights: a number for each; one vote each otherwise.

    Raises:
        ValueError: other numbers than trits, no vectors or several dimensions, another number of
            weights.

    >>> vsa_bundle([[1, 1, 0], [1, -1, 0], [1, 1, -1]]).tolist()
    [1, 1, -1]
    """
    choose(device)
    rows = vectors
    if isinstance(vectors, (list, tuple)):
        rows = [asarray(v, "vectors", "float32").tolist() for v in vectors]
    x = read(rows, "vectors", "int8", ndim=2)
    w = ABSENT if weights is None else read(weights, "weights", ndim=1)
    result = Array._zeros(x.shape[1:], "int8")
    call(_java.bundle, x.shape[0], x, w, out=[result])
    first = vectors[0] if isinstance(vectors, (list, tuple)) else vectors
    return _of_kind(result, first)


def vsa_similarity(a: Any, b: Any, metric: str = "cosine", device: str = "auto") -> float:
    """How alike two hypervectors are.

    Args:
        a: ``[dim]``.
        b: ``[dim]``.
        metric: ``cosine``: -1 to 1, 0 if either is all zeros; ``dot``: sum of products;
            ``hamming``: share of the places that differ.
        device: where it runs, see `set_device`.

    Raises:
        ValueError: other numbers than trits, two dimensions, an unknown metric or device.

    >>> a, b = [1, 1, 0, -1], [1, -1, 0, -1]
    >>> vsa_similarity(a, a), vsa_similarity(a, b, "dot"), vsa_similarity(a, b, "hamming")
    (1.0, 1.0, 0.25)
    """
    choose(device)
    x, y = read(a, "a", "int8", ndim=1), read(b, "b", "int8", ndim=1)
    return float(call(_java.similarity, str(metric), x, y))


def vsa_random(dim: int, seed: int, device: str = "auto") -> Array:
    """A random hypervector: each trit -1, 0 or 1 with the same probability, decided by the seed.

    >>> vsa_random(1000, 7) == vsa_random(1000, 7), abs(vsa_random(1000, 7)[0]) <= 1
    (True, True)
    """
    choose(device)
    result = Array._zeros((integer(dim, "dim", 1),), "int8")
    call(_java.random, seed_of(seed), out=[result])
    return result


def _of_kind(result: Array, argument: Any) -> Any:
    floats = not isinstance(argument, (list, tuple)) and asarray(argument, "a", "int8").dtype
    if str(floats).startswith("float"):
        result = array(result, dtype="float32")
    return like(result, argument)
