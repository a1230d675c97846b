"""NumPy's arrays, once a program has imported NumPy; nothing here imports it.

Their address comes through ctypes: ``__array_interface__`` takes four times as long.
"""

from __future__ import annotations

import sys

from . import _host
from ._array import TYPES, Array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_names: dict[Any, str] = {}


def loaded() -> Any:
    """NumPy, or None."""
    return sys.modules.get("numpy")


def is_ours(value: object) -> bool:
    """Whether a value is one of NumPy's arrays or numbers."""
    return type(value).__module__ == "numpy"


def wrap(values: Any) -> Array | None:
    """The same memory, if it is writable, in one piece and of a type that Java reads."""
    if not _names:
        _names.update((loaded().dtype(name), name) for name in TYPES)
    dtype = _names.get(values.dtype)
    if dtype is None or not values.flags.carray or not values.size or not _host.direct:
        return None
    return Array._at(_address(values), values.shape, dtype, values)


def empty(shape: tuple[int, ...], dtype: str) -> Array:
    """New memory that NumPy owns; what is in it is undefined."""
    values = loaded().empty(shape, dtype)
    return Array._at(_address(values) if values.size else 0, shape, dtype, values)


def unwrap(array: Array) -> Any:
    """NumPy's array on the memory of an array."""
    numpy, owner = loaded(), array._owner
    whole = type(owner) is numpy.ndarray and owner.shape == array.shape
    return owner if whole else numpy.asarray(array)


def copied(values: Any, wanted: str) -> Any:
    """A copy in one piece, of a type that Java reads; None for what has no numbers in it.

    Args:
        wanted: where that is float32, the copy is, so that nothing needs to be converted twice.
    """
    numpy = loaded()
    kind = values.dtype.kind if numpy and isinstance(values, numpy.ndarray) else ""
    if kind not in ("b", "i", "u", "f"):
        return None
    if wanted == "float32" or (values.dtype.itemsize == 2 and kind == "f"):
        target = "float32"
    else:
        native = values.dtype.newbyteorder("=")
        target = {"b": "uint8", "f": "float64"}.get(kind, native)
    return values.astype(target, order="C")


def _address(values: Any) -> int:
    import ctypes

    return ctypes.addressof(ctypes.c_char.from_buffer(values))
