"""What functions accept as an array, and how it becomes an `Array`.

Nothing is copied for an `Array`, an array.array, a ctypes array, a bytearray, a memoryview of all
of one of those, and any object with ``__array_interface__`` (NumPy) whose elements lie in one
piece; lists, bytes and parts of buffers are copied in bulk.
"""

from __future__ import annotations

import array as _array
import itertools
import sys

from . import _host, _numpy
from ._array import TYPES, Array, product
from ._call import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BY_CODE = {(code, int(numpy[1:])): dtype for dtype, (code, numpy) in TYPES.items()} | {
    ("l", 8): "int64",
    ("L", 4): "uint32",
    ("l", 4): "int32",
    ("c", 1): "uint8",
}
_ORDER = "<" if sys.byteorder == "little" else ">"
_BY_NUMPY = {
    (order + numpy): dtype
    for dtype, (_, numpy) in TYPES.items()
    for order in ("|<>=" if numpy[1] == "1" else _ORDER + "=")
}


def array(values: Any, dtype: str | None = None) -> Array:
    """A new array with a copy of nested lists, a buffer or another array.

    Lists become float32 unless ``dtype`` says otherwise; buffers keep their type.

    Raises:
        ValueError: rows of different length, numbers that do not fit, an unknown dtype.

    >>> array([0.5, 0.25])
    Array([0.5, 0.25], dtype=float32)
    >>> array([[1, 0], [0, 255]], dtype="uint8").nbytes
    4
    """
    if dtype is not None and dtype not in TYPES:
        raise ValueError(f"dtype: expected one of {', '.join(TYPES)}, got {dtype!r}")
    converted = asarray(values, "values", dtype or "float32")
    if dtype is not None and converted.dtype != dtype:
        return _cast(converted, "values", dtype)
    # What was wrapped belongs to somebody else; lists have been copied already.
    return converted if isinstance(values, (list, tuple)) else converted.copy()


def read(values: Any, name: str, dtype: str = "float32", ndim: int | None = None) -> Array:
    """An argument as an array of one dtype, without a copy where that is possible.

    Numbers become float32, integers int32 and whole numbers int8 (trits); an integer that does not
    fit is an error, and nothing else is converted.
    """
    given = asarray(values, name, "float32" if dtype == "int8" else dtype)
    if ndim is not None and given.ndim != ndim:
        raise ValueError(f"{name}: expected {ndim} dimensions, got shape {list(given.shape)}")
    if not given.size:
        raise ValueError(f"{name}: expected at least 1 element, got shape {list(given.shape)}")
    return given if given.dtype == dtype else _cast(given, name, dtype)


def asarray(values: Any, name: str, list_dtype: str) -> Array:
    """An array on the memory of ``values``, or a copy where that cannot be."""
    if isinstance(values, Array):
        return values
    if _numpy.is_ours(values) and isinstance(values, _numpy.loaded().ndarray):
        array = _numpy.wrap(values)
        if array is not None:
            return array
    if isinstance(values, _array.array):
        return Array._wrap(values, (len(values),), _dtype(name, values.typecode, values.itemsize))
    if isinstance(values, (list, tuple)):
        return _from_lists(values, name, list_dtype)
    try:
        described = values.__array_interface__
    except AttributeError:
        pass
    else:
        return _from_interface(values, described, name, list_dtype)
    if hasattr(values, "__dlpack__"):
        from . import _dlpack

        return _dlpack.view(values, name)
    ctypes = sys.modules.get("ctypes")
    if ctypes and isinstance(values, ctypes.Array):
        return _from_ctypes(ctypes, values, name)
    try:
        view = memoryview(values)
    except TypeError:
        raise TypeError(
            f"{name}: expected an array or a list, got {type(values).__name__}"
        ) from None
    return _from_view(view, name)


def empty(shape: tuple[int, ...], dtype: str, *arguments: Any) -> Array:
    """Memory for a result that a call writes all of; NumPy's if one of the arguments is."""
    for argument in arguments:
        if _numpy.is_ours(argument):
            return _numpy.empty(shape, dtype)
    return Array._zeros(shape, dtype)


def from_dlpack(values: Any) -> Array:
    """A view of a tensor on the CPU of PyTorch, JAX or another library with ``__dlpack__``.

    Nothing is copied; the memory lives as long as the view. Writing to it is seen on the other
    side, and forbidden where that side's arrays do not change, as JAX's.

    Raises:
        ValueError: another device or dtype, or elements that do not lie in one piece.
        BufferError: a Python without the C interface of CPython, such as GraalPy.
    """
    from . import _dlpack

    return _dlpack.view(values, "values")


def like(result: Array, *arguments: Any) -> Any:
    """The result as an array of NumPy or PyTorch, if one of the arguments is."""
    for argument in arguments:
        if _numpy.is_ours(argument):
            return _numpy.unwrap(result)
        if type(argument).__module__ == "torch":
            return sys.modules["torch"].from_dlpack(result)
    return result


def integer(value: Any, name: str, minimum: int = -(2**31)) -> int:
    """An argument as an integer of 32 bits."""
    try:
        result = value.__index__()
    except AttributeError:
        raise ValueError(f"{name}: expected an integer, got {value!r}") from None
    if not minimum <= result < 2**31:
        rule = "an integer of 32 bits" if minimum < 0 else f"at least {minimum}"
        raise ValueError(f"{name}: expected {rule}, got {result}")
    return int(result)


def number(value: Any, name: str) -> float:
    """An argument as a float."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected a number, got {value!r}") from None


def seed_of(value: Any) -> int:
    """A seed of -2^63 to 2^64 - 1 as the signed 64-bit number with the same bits."""
    try:
        seed = value.__index__()
    except AttributeError:
        raise ValueError(f"seed: expected an integer, got {value!r}") from None
    if not -(2**63) <= seed < 2**64:
        raise ValueError(f"seed: expected an integer of 64 bits, got {seed}")
    return seed - 2**64 if seed >= 2**63 else int(seed)


def _dtype(name: str, code: str, itemsize: int) -> str:
    dtype = _BY_CODE.get((code.lstrip("@=<>"), itemsize))
    if dtype is None:
        raise ValueError(f"{name}: expected a dtype of {', '.join(TYPES)}, got format {code!r}")
    return dtype


def _from_lists(values: Any, name: str, dtype: str) -> Array:
    shape: list[int] = []
    flat: Any = values
    while True:
        shape.append(len(flat) // (product(shape) or 1))
        if not flat or not isinstance(flat[0], (list, tuple, Array)):
            break
        if len({_length(row) for row in flat}) != 1:
            raise ValueError(f"{name}: expected rows of one length, got {_lengths(flat)}")
        flat = list(itertools.chain.from_iterable(flat))
    try:
        owner = _array.array(TYPES[dtype][0], flat)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{name}: expected {dtype} numbers, got {error}") from None
    return Array._wrap(owner, tuple(shape), dtype)


def _length(row: Any) -> int:
    return len(row) if isinstance(row, (list, tuple, Array)) else -1


def _lengths(rows: Any) -> str:
    found = sorted({_length(row) for row in rows})
    return "numbers beside rows" if found[0] < 0 else f"lengths {found}"


def _from_interface(values: Any, described: Any, name: str, wanted: str) -> Array:
    kind, shape = described["typestr"], tuple(described["shape"])
    dtype = _BY_NUMPY.get(kind)
    if dtype is None or not _contiguous(described.get("strides"), shape, int(kind[2:])):
        values = _numpy.copied(values, wanted)
        if values is None and dtype is None:
            raise ValueError(f"{name}: expected a dtype of {', '.join(TYPES)}, got {kind!r}")
        if values is None:
            raise ValueError(f"{name}: expected elements in one piece, row by row, got strides")
        described = values.__array_interface__
        dtype = _BY_NUMPY[described["typestr"]]
    if _host.direct and described.get("data") is not None:
        return Array._at(described["data"][0], shape, dtype, values)
    return _copied(memoryview(values).cast("B"), shape, dtype)


def _contiguous(strides: Any, shape: tuple[int, ...], itemsize: int) -> bool:
    if strides is None:
        return True
    step = itemsize
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size > 1 and stride != step:
            return False
        step *= size
    return True


def _from_ctypes(ctypes: Any, values: Any, name: str) -> Array:
    shape, kind = [], type(values)
    while issubclass(kind, ctypes.Array):
        shape.append(kind._length_)
        kind = kind._type_
    dtype = _dtype(name, kind._type_, ctypes.sizeof(kind))
    if not _host.direct:
        return _copied(memoryview(values).cast("B"), tuple(shape), dtype)
    # addressof gives a number that GraalPy's Java side refuses; a cast pointer gives a plain int.
    address = ctypes.cast(values, ctypes.c_void_p).value or 0
    return Array._at(address, tuple(shape), dtype, values)


def _from_view(view: memoryview, name: str) -> Array:
    if not view.c_contiguous:
        raise ValueError(f"{name}: expected elements in one piece, row by row, got strides")
    dtype = _dtype(name, view.format, view.itemsize)
    shape = tuple(view.shape or ())
    whole = view.obj
    if _host.direct and not view.readonly and view.nbytes:
        if isinstance(whole, _array.array) and view.nbytes == len(whole) * whole.itemsize:
            return Array._at(whole.buffer_info()[0], shape, dtype, whole)
        if isinstance(whole, bytearray) and view.nbytes == len(whole):
            import ctypes

            # from_buffer shares the memory of a whole bytearray; of a part GraalPy makes a copy.
            memory = (ctypes.c_char * len(whole)).from_buffer(whole)
            address = ctypes.cast(memory, ctypes.c_void_p).value or 0
            return Array._at(address, shape, dtype, (memory, whole))
    return _copied(view.cast("B"), shape, dtype)


def _copied(data: memoryview, shape: tuple[int, ...], dtype: str) -> Array:
    return Array._wrap(_array.array(TYPES[dtype][0], bytes(data)), shape, dtype)


def _cast(given: Array, name: str, dtype: str) -> Array:
    lossless = {"int32": not given.dtype.startswith("float"), "int8": True, "float32": True}
    if not lossless.get(dtype):
        raise ValueError(f"{name}: expected dtype {dtype}, got {given.dtype}")
    result = Array._zeros(given.shape, dtype)
    try:
        call(_host.memory.convert, given, given.dtype, dtype, out=[result])
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return result
