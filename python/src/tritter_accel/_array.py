"""`Array`: the result of every call, a small part of NumPy's array on memory that Java reads."""

from __future__ import annotations

import array as _array
import math
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

#: dtype -> type code of the array module, and of NumPy without the byte order.
TYPES: dict[str, tuple[Any, str]] = {  # Any: memoryview.cast wants literals
    "float32": ("f", "f4"),
    "float64": ("d", "f8"),
    "int8": ("b", "i1"),
    "uint8": ("B", "u1"),
    "int16": ("h", "i2"),
    "uint16": ("H", "u2"),
    "int32": ("i", "i4"),
    "uint32": ("I", "u4"),
    "int64": ("q", "i8"),
}
_ITEMSIZES = {dtype: int(numpy[1:]) for dtype, (_, numpy) in TYPES.items()}
_ORDER = "<" if sys.byteorder == "little" else ">"
_SHOWN_WHOLE = 1000
_SHOWN_AT_EDGES = 3


class Array:
    """An n-dimensional array of numbers, row by row: made by `array` and by every function.

    It has the shape, dtype, indexing and ``__array_interface__`` that code written for NumPy looks
    for; where NumPy is installed, ``numpy.asarray(x)`` is a view. ``x == y`` is one bool.

    >>> from tritter_accel import array
    >>> x = array([[1, 2, 3], [4, 5, 6]])
    >>> x
    Array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=float32)
    >>> x.shape, x.dtype, x[1, 2], x[0].tolist(), x[:, 1].tolist()
    ((2, 3), 'float32', 6.0, [1.0, 2.0, 3.0], [2.0, 5.0])
    """

    __slots__ = ("_base", "_offset", "_owner", "_values", "dtype", "shape", "size")
    __hash__ = None  # type: ignore[assignment]  # it is mutable

    #: Number of elements along each dimension.
    shape: tuple[int, ...]
    #: Name of the type of the elements.
    dtype: str
    #: Number of elements.
    size: int

    _owner: Any
    _values: memoryview | None
    _base: int | None
    _offset: int

    def __init__(self) -> None:
        raise TypeError("Array: make one with tritter_accel.array(values)")

    # --- where the memory is -------------------------------------------------------------------

    @classmethod
    def _new(
        cls,
        shape: tuple[int, ...],
        dtype: str,
        owner: object,
        values: memoryview | None,
        base: int | None,
        offset: int = 0,
    ) -> Array:
        """An array on the memory of ``owner``, which it keeps alive.

        ``values``: the elements, flat; None until they are looked at. ``base``: address of the
        owner's memory; None when the owner is an array.array, which says it itself. ``offset``: of
        the first element from there.
        """
        self = object.__new__(cls)
        self.shape = shape
        self.dtype = dtype
        self.size = product(shape)
        self._owner = owner
        self._values = values
        self._base = base
        self._offset = offset
        return self

    @classmethod
    def _wrap(cls, owner: _array.array[Any], shape: tuple[int, ...], dtype: str) -> Array:
        """A view of an array.array."""
        return cls._new(shape, dtype, owner, None, None)

    @classmethod
    def _zeros(cls, shape: tuple[int, ...], dtype: str) -> Array:
        """New memory, owned by Python."""
        zeros = bytes(product(shape) * _ITEMSIZES[dtype])
        return cls._wrap(_array.array(TYPES[dtype][0], zeros), shape, dtype)

    @classmethod
    def _at(cls, address: int, shape: tuple[int, ...], dtype: str, owner: object) -> Array:
        """A view of memory at an address, which ``owner`` keeps alive."""
        return cls._new(shape, dtype, owner, None, address)

    def _address(self) -> int:
        base: int = self._owner.buffer_info()[0] if self._base is None else self._base
        return base + self._offset * _ITEMSIZES[self.dtype]

    def _flat(self) -> memoryview:
        if self._values is None:
            if self._base is None:
                whole = memoryview(self._owner)
                values: memoryview = whole[self._offset : self._offset + self.size]
                self._values = values
                return values
            import ctypes

            memory = (ctypes.c_char * self.nbytes).from_address(self._address())
            values = memoryview(memory).cast("B").cast(TYPES[self.dtype][0])
            self._values = values
            return values
        return self._values

    def _set_bytes(self, data: bytes) -> None:
        self._flat().cast("B")[:] = data

    def _part(self, start: int, shape: tuple[int, ...]) -> Array:
        """A view of consecutive elements."""
        values = None if self._values is None else self._values[start : start + product(shape)]
        base = self._base
        return Array._new(shape, self.dtype, self._owner, values, base, self._offset + start)

    # --- sizes ---------------------------------------------------------------------------------

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return _ITEMSIZES[self.dtype]

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.size * self.itemsize

    def __len__(self) -> int:
        """Size of the first dimension."""
        if not self.shape:
            raise TypeError("len() of an array without dimensions")
        return self.shape[0]

    # --- the same memory, seen by others -------------------------------------------------------

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """NumPy's description of the memory; it is good as long as this array lives."""
        kind = TYPES[self.dtype][1]
        order = "|" if self.itemsize == 1 else _ORDER
        return {
            "version": 3,
            "shape": self.shape,
            "typestr": order + kind,
            "data": (self._address(), False),
            "strides": None,
        }

    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """The memory for ``torch.from_dlpack``, ``jax.dlpack.from_dlpack`` and the like.

        Raises:
            BufferError: another device, or a Python without the C interface of CPython.
        """
        from . import _dlpack

        if stream is not None or dl_device not in (None, _dlpack.CPU):
            raise BufferError(f"DLPack: expected the CPU, got device {dl_device}, stream {stream}")
        array = self.copy() if copy else self
        return _dlpack.capsule(array, max_version is not None and max_version[0] >= 1)

    def __dlpack_device__(self) -> tuple[int, int]:
        """The CPU, as DLPack numbers it."""
        return 1, 0

    def memoryview(self) -> memoryview:
        """The memory with its shape, for everything that takes a buffer; nothing is copied.

        >>> from tritter_accel import array
        >>> x = array([[1, 2], [3, 4]])
        >>> view = x.memoryview()
        >>> view[1, 0] = 0.5
        >>> x.tolist()
        [[1.0, 2.0], [0.5, 4.0]]
        """
        if self.ndim == 1 or not self.size:
            return self._flat()
        view: memoryview = self._flat().cast("B").cast(TYPES[self.dtype][0], list(self.shape))
        return view

    def tobytes(self) -> bytes:
        """A copy of the memory."""
        return self._flat().tobytes()

    def copy(self) -> Array:
        """The same numbers on memory of its own."""
        # Not array(code) and frombytes: in GraalPy 25.0 that fails once a program has made an
        # array.array from a generator.
        owner = _array.array(TYPES[self.dtype][0], self.tobytes())
        return Array._wrap(owner, self.shape, self.dtype)

    def reshape(self, *shape: int) -> Array:
        """The same memory with another shape of the same size; one dimension may be -1.

        >>> from tritter_accel import array
        >>> array([1, 2, 3, 4]).reshape(2, -1).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
        """
        wanted = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
        if wanted.count(-1) == 1:
            rest = product(n for n in wanted if n != -1)
            wanted = tuple(self.size // rest if n == -1 and rest else n for n in wanted)
        if product(wanted) != self.size or min(wanted, default=0) < 0:
            raise ValueError(f"shape: expected {self.size} elements, got {list(shape)}")
        return self._part(0, wanted)

    def tolist(self) -> Any:
        """The numbers as nested lists; one number for an array without dimensions."""
        return _nested(self._flat().tolist(), self.shape)

    # --- elements ------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        """An element; consecutive rows as a view; any other choice of elements as a copy."""
        start, rest, key = self._leading(key)
        if not key:
            return self._part(start, rest) if rest else self._flat()[start]
        if _contiguous(key, rest):
            first, last, _ = key[0].indices(rest[0])
            count = max(0, last - first)
            return self._part(start + first * product(rest[1:]), (count, *rest[1:]))
        offsets, shape = [start], []
        for axis, size in enumerate(rest):
            step = product(rest[axis + 1 :])
            part = key[axis] if axis < len(key) else slice(None)
            picked = range(size)[part] if isinstance(part, slice) else [_index(part, size)]
            offsets = [o + i * step for o in offsets for i in picked]
            if isinstance(part, slice):
                shape.append(len(picked))
        flat = self._flat()
        owner = _array.array(TYPES[self.dtype][0], [flat[o] for o in offsets])
        return Array._wrap(owner, tuple(shape), self.dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Writes an element, or a number or an array of the same size to consecutive rows."""
        start, rest, left = self._leading(key)
        if not rest:
            self._flat()[start] = value
            return
        if left and not _contiguous(left, rest):
            raise ValueError("index: expected an element or consecutive rows to write to")
        part = self[key]
        if isinstance(value, (int, float)):
            data = _array.array(TYPES[self.dtype][0], [value]) * part.size
        else:
            from ._convert import read

            data = read(value, "value", self.dtype)._flat()
            if len(data) != part.size:
                raise ValueError(f"value: expected {part.size} elements, got {len(data)}")
        part._set_bytes(memoryview(data).tobytes())

    def _leading(self, key: Any) -> tuple[int, tuple[int, ...], tuple[Any, ...]]:
        """Resolves leading integers: first element, remaining dimensions, remaining keys."""
        keys = list(key) if isinstance(key, tuple) else [key]
        if Ellipsis in keys:
            at = keys.index(Ellipsis)
            keys[at : at + 1] = [slice(None)] * (self.ndim - len(keys) + 1)
        if len(keys) > self.ndim:
            raise IndexError(f"index: expected at most {self.ndim} indices, got {len(keys)}")
        start, axis = 0, 0
        while axis < len(keys) and not isinstance(keys[axis], slice):
            start += _index(keys[axis], self.shape[axis]) * product(self.shape[axis + 1 :])
            axis += 1
        return start, self.shape[axis:], tuple(keys[axis:])

    def __iter__(self) -> Iterator[Any]:
        """The elements of one dimension, or views of the rows."""
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Whether shapes and numbers are the same; nested lists may be compared with too.

        >>> from tritter_accel import array
        >>> array([1, 2]) == array([1, 2]), array([1, 2]) == [1, 3]
        (True, False)
        """
        if isinstance(other, Array):
            return bool(self.shape == other.shape and self._flat() == other._flat())
        if isinstance(other, (list, tuple)):
            return bool(self.tolist() == _listed(other))
        return NotImplemented

    def __reduce__(self) -> Any:
        """Pickles a copy of the numbers."""
        return _unpickled, (self.tobytes(), self.shape, self.dtype)

    def __float__(self) -> float:
        """The number of an array with one element."""
        return float(self.item())

    def item(self) -> Any:
        """The number of an array with one element."""
        if self.size != 1:
            raise ValueError(f"item: expected an array of 1 element, got {self.size}")
        return self._flat()[0]

    def __repr__(self) -> str:
        """The numbers, those at the edges of a large array."""
        edges = 0 if self.size <= _SHOWN_WHOLE else _SHOWN_AT_EDGES
        return f"Array({_text(self, edges)}, dtype={self.dtype})"

    def _repr_html_(self) -> str:
        """Shape, dtype and the numbers at the edges as a table."""
        from . import _html

        title = f"Array {list(self.shape)}, {self.dtype}"
        return _html.grid(title, _cells(self) if self.size and self.shape else [[repr(self)]])


def _cells(array: Array) -> Any:
    """The numbers of a matrix as text, without those between the edges."""
    edge = 5
    rows = array.reshape(-1, array.shape[-1])
    for i in range(len(rows)):
        if len(rows) <= 2 * edge or i < edge or i >= len(rows) - edge:
            cells = [f"{v:.4g}" for v in rows[i].tolist()]
            yield cells if len(cells) <= 2 * edge else [*cells[:edge], "...", *cells[-edge:]]
        elif i == edge:
            yield ["..."]


def _unpickled(data: bytes, shape: tuple[int, ...], dtype: str) -> Array:
    return Array._wrap(_array.array(TYPES[dtype][0], data), shape, dtype)


#: The product of integers; 1 of none.
product = math.prod


def _index(key: Any, size: int) -> int:
    try:
        index: int = key.__index__()
    except AttributeError:
        raise TypeError(f"index: expected integers and slices, got {key!r}") from None
    if not -size <= index < size:
        raise IndexError(f"index: expected {-size} to {size - 1}, got {index}")
    return index % size


def _contiguous(keys: tuple[Any, ...], shape: tuple[int, ...]) -> bool:
    """Whether slices pick consecutive elements: any step-1 slice, then whole dimensions."""
    whole = all(part.indices(n) == (0, n, 1) for part, n in _pairs(keys[1:], shape[1:]))
    return isinstance(keys[0], slice) and keys[0].indices(shape[0])[2] == 1 and whole


def _pairs(keys: tuple[Any, ...], shape: tuple[int, ...]) -> list[tuple[slice, int]]:
    # An integer stands for a slice that is whole nowhere.
    return [
        (k if isinstance(k, slice) else slice(1, 0), n) for k, n in zip(keys, shape, strict=False)
    ]


def _nested(flat: Sequence[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return list(flat)
    step = product(shape[1:])
    return [_nested(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _listed(values: Any) -> Any:
    return [_listed(v) for v in values] if isinstance(values, (list, tuple)) else values


def _text(array: Array, edges: int) -> str:
    if not array.shape:
        return repr(array.item())
    n = len(array)
    cut = edges and n > 2 * edges
    shown = [*range(edges), *range(n - edges, n)] if cut else range(n)
    parts = [_text(array[i], edges) if array.ndim > 1 else repr(array[i]) for i in shown]
    if cut:
        parts.insert(edges, "...")
    return "[" + ", ".join(parts) + "]"
