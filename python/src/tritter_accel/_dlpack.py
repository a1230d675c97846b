"""DLPack (dlpack.h, version 1.0): memory shared with PyTorch, JAX and others through a capsule.

Capsules are objects of CPython's C interface: on GraalPy both directions raise an error.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p

from ._array import Array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

CPU = (1, 0)

_Deleter = ctypes.CFUNCTYPE(None, c_void_p)
_KINDS = {"f": 2, "i": 0, "u": 1}
_BOOL = 6
_TYPES = {
    (2, 32): "float32",
    (2, 64): "float64",
    (0, 8): "int8",
    (1, 8): "uint8",
    (_BOOL, 8): "uint8",
    (0, 16): "int16",
    (1, 16): "uint16",
    (0, 32): "int32",
    (1, 32): "uint32",
    (0, 64): "int64",
}


class _DataType(ctypes.Structure):
    _fields_ = (("code", c_uint8), ("bits", c_uint8), ("lanes", c_uint16))


class _Tensor(ctypes.Structure):
    _fields_ = (
        ("data", c_void_p),
        ("device_type", c_int32),
        ("device_id", c_int32),
        ("ndim", c_int32),
        ("dtype", _DataType),
        ("shape", ctypes.POINTER(c_int64)),
        ("strides", ctypes.POINTER(c_int64)),
        ("byte_offset", c_uint64),
    )


class _Managed(ctypes.Structure):
    """DLManagedTensor, of versions before 1.0."""

    _fields_ = (("tensor", _Tensor), ("context", c_void_p), ("deleter", c_void_p))


class _Versioned(ctypes.Structure):
    """DLManagedTensorVersioned."""

    _fields_ = (
        ("major", c_uint32),
        ("minor", c_uint32),
        ("context", c_void_p),
        ("deleter", c_void_p),
        ("flags", c_uint64),
        ("tensor", _Tensor),
    )


#: Name of a capsule, of one whose tensor somebody has taken, and what it points to.
_CAPSULES: tuple[tuple[bytes, bytes, Any], ...] = (
    (b"dltensor_versioned", b"used_dltensor_versioned", _Versioned),
    (b"dltensor", b"used_dltensor", _Managed),
)


def _function(name: str, result: Any, *arguments: Any) -> Any:
    try:
        return ctypes.PYFUNCTYPE(result, *arguments)((name, ctypes.pythonapi))
    except (AttributeError, ImportError, ValueError, OSError):
        return _missing


def _missing(*_: object) -> NoReturn:
    raise BufferError("DLPack: expected CPython's C interface, found none")


_new = _function("PyCapsule_New", ctypes.py_object, c_void_p, c_char_p, c_void_p)
# An address where CPython counts a reference would bring a dying capsule back to life.
_is_valid = _function("PyCapsule_IsValid", ctypes.c_int, c_void_p, c_char_p)
_pointer = _function("PyCapsule_GetPointer", c_void_p, c_void_p, c_char_p)
_set_name = _function("PyCapsule_SetName", ctypes.c_int, c_void_p, c_char_p)

# --- out ---------------------------------------------------------------------------------------

#: What lives until the receiver is done, by the address of the struct that it has.
_lent: dict[int, Any] = {}


def _forget_struct(address: int, _forget: Any = _lent.pop) -> None:
    _forget(address, None)


def _forget_untaken(capsule: int, _forget: Any = _lent.pop) -> None:
    for name, _, _ in _CAPSULES:
        if _is_valid(capsule, name):  # nobody took the tensor
            _forget(_pointer(capsule, name), None)


_take_back = _Deleter(_forget_struct)
_destroy = _Deleter(_forget_untaken)


def capsule(array: Array, versioned: bool) -> Any:
    """A capsule on the memory of an array, which lives as long as somebody holds it."""
    name, _, kind = _CAPSULES[0 if versioned else 1]
    managed = kind()
    if versioned:
        managed.major = 1
    sizes = (c_int64 * array.ndim)(*array.shape)
    steps, step = [], 1
    for size in reversed(array.shape):
        steps.append(step)
        step *= size
    strides = (c_int64 * array.ndim)(*reversed(steps))
    tensor = managed.tensor
    tensor.data = array._address()
    tensor.device_type, tensor.device_id = CPU
    tensor.ndim = array.ndim
    code = array.__array_interface__["typestr"][1]
    tensor.dtype = _DataType(_KINDS[code], 8 * array.itemsize, 1)
    tensor.shape, tensor.strides = sizes, strides
    managed.deleter = ctypes.cast(_take_back, c_void_p).value
    address = ctypes.addressof(managed)
    _lent[address] = managed, sizes, strides, array
    return _new(address, name, ctypes.cast(_destroy, c_void_p))


# --- in ----------------------------------------------------------------------------------------


class _Borrowed:
    """A tensor of somebody else, given back at the end."""

    def __init__(self, address: int, deleter: int | None) -> None:
        self._address = address
        self._deleter = _Deleter(deleter) if deleter else None

    def __del__(self) -> None:
        if self._deleter is not None:
            self._deleter(self._address)


def view(values: Any, name: str) -> Array:
    """An array on the memory of an object with ``__dlpack__``.

    Raises:
        ValueError: another device or dtype, elements that do not lie in one piece, or what the
            object says against it.
    """
    device = tuple(int(n) for n in values.__dlpack_device__())
    if device[0] != CPU[0]:
        raise ValueError(f"{name}: expected an array on the CPU, got DLPack device {device}")
    try:
        try:
            lent = values.__dlpack__(max_version=(1, 0))
        except TypeError:  # from before version 1.0
            lent = values.__dlpack__()
    except (BufferError, RuntimeError) as error:
        raise ValueError(f"{name}: {error}") from None
    for known, used, kind in _CAPSULES:
        if _is_valid(id(lent), known):
            address = _pointer(id(lent), known)
            managed = kind.from_address(address)
            _set_name(id(lent), used)
            return _array(managed.tensor, name, _Borrowed(address, managed.deleter))
    raise ValueError(f"{name}: expected a DLPack capsule, got {lent!r}")


def _array(tensor: _Tensor, name: str, owner: _Borrowed) -> Array:
    kind = tensor.dtype
    dtype = _TYPES.get((kind.code, kind.bits)) if kind.lanes == 1 else None
    if dtype is None:
        found = f"code {kind.code} of {kind.bits} bits"
        raise ValueError(f"{name}: expected a dtype of {', '.join(_TYPES.values())}, got {found}")
    shape = tuple(tensor.shape[: tensor.ndim])
    step = 1
    for axis in reversed(range(tensor.ndim if tensor.strides else 0)):
        if shape[axis] > 1 and tensor.strides[axis] != step:
            raise ValueError(f"{name}: expected elements in one piece, row by row, got strides")
        step *= shape[axis]
    return Array._at((tensor.data or 0) + tensor.byte_offset, shape, dtype, owner)
