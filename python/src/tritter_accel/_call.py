"""Calls into Java with arrays among the arguments."""

from __future__ import annotations

from . import _host
from ._array import Array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


#: An array argument that was left out.
ABSENT = object()


class Arrays(list[Array]):
    """Arrays that become two arguments together: a list of addresses and one of sizes."""


def call(method: Callable[..., Any], *args: object, out: Sequence[Array | Arrays] = ()) -> Any:
    """Calls a Java method, with the arrays in ``out`` last: those it writes to.

    Each `Array` becomes two arguments, address and size; `Arrays` become two lists, `ABSENT` two
    zeros. Without native access the bytes are copied to a block of the JVM for the call, and those
    of ``out`` back after it.
    """
    if _host.direct:
        return _host.invoke(method, *_flatten((*args, *out), Array._address))
    blocks: dict[int, tuple[Array, int]] = {}

    def borrow(array: Array) -> int:
        if id(array) not in blocks:
            block = _host.invoke(_host.memory.allocate, array.nbytes)
            blocks[id(array)] = array, block
            _host.invoke(_host.memory.write, block, array.tobytes().decode("latin-1"))
        return blocks[id(array)][1]

    try:
        result = _host.invoke(method, *_flatten((*args, *out), borrow))
        for array in _arrays(out):
            text = _host.invoke(_host.memory.read, borrow(array), array.nbytes)
            array._set_bytes(str(text).encode("latin-1"))
        return result
    finally:
        for _, block in blocks.values():
            _host.memory.free(block)


def tensor(handle: Any) -> Array:
    """The array on the memory of a Java tensor: a view, or without native access a copy."""
    shape = tuple(int(n) for n in _host.invoke(_host.memory.shapeOf, handle))
    if _host.direct:
        address = int(_host.invoke(_host.memory.addressOf, handle))
        return Array._at(address, shape, "float32", handle)
    array = Array._zeros(shape, "float32")
    array._set_bytes(str(_host.invoke(_host.memory.readTensor, handle)).encode("latin-1"))
    return array


def _flatten(args: Sequence[object], address: Callable[[Array], int]) -> list[object]:
    flat: list[object] = []
    for arg in args:
        if type(arg) is Array:
            flat.append(address(arg))
            flat.append(arg.size)
        elif isinstance(arg, Arrays):
            flat += ([address(a) for a in arg], [a.size for a in arg])
        elif arg is ABSENT:
            flat += (0, 0)
        else:
            flat.append(arg)
    return flat


def _arrays(args: Sequence[Array | Arrays]) -> list[Array]:
    return [a for arg in args for a in (arg if isinstance(arg, Arrays) else [arg])]
