"""Java reads and writes the caller's memory; a part of a buffer is copied, never misread."""

import array as stdlib
import ctypes

import pytest

from tritter_accel import _convert, _host, array


def sources():
    numbers = [1.0, 2.0, 3.0, 4.0]
    plain = stdlib.array("f", numbers)
    yield "array.array", plain, plain
    viewed = stdlib.array("f", numbers)
    yield "memoryview of array.array", memoryview(viewed), viewed
    matrix = stdlib.array("f", numbers)
    yield "shaped memoryview", memoryview(matrix).cast("B").cast("f", [2, 2]), matrix
    raw = bytearray(stdlib.array("f", numbers).tobytes())
    yield "memoryview of bytearray", memoryview(raw).cast("f"), memoryview(raw).cast("f")
    c = (ctypes.c_float * 4)(*numbers)
    yield "ctypes", c, c
    nested = ((ctypes.c_float * 2) * 2)()
    for i, number in enumerate(numbers):
        nested[i // 2][i % 2] = number
    yield "nested ctypes", nested, memoryview(nested).cast("B").cast("f")
    interface = Described(stdlib.array("f", numbers))
    yield "__array_interface__", interface, interface.owner
    ours = array(numbers)
    yield "Array", ours, ours


class Described:
    def __init__(self, owner):
        self.owner = owner

    @property
    def __array_interface__(self):
        return {
            "version": 3,
            "shape": (2, 2),
            "typestr": "<f4",
            "data": (self.owner.buffer_info()[0], False),
        }


@pytest.mark.parametrize(("values", "seen"), [pytest.param(v, s, id=n) for n, v, s in sources()])
def test_java_writes_into_the_memory_of(values, seen):
    x = _convert.read(values, "x")
    ones = array([[9.0, 8.0], [7.0, 6.0]], dtype="float64")
    target = (x._address(), x.size)
    _host.invoke(_host.memory.convert, ones._address(), 4, "float64", "float32", *target)
    assert [seen[i] for i in range(4)] == [9.0, 8.0, 7.0, 6.0]
    seen[1] = 0.5
    copy = stdlib.array("f", [0] * 4)
    result = (copy.buffer_info()[0], 4)
    _host.invoke(_host.memory.convert, *target, "float32", "float32", *result)
    assert list(copy) == [9.0, 0.5, 7.0, 6.0]


def test_parts_of_buffers_arrive_right():
    floats = stdlib.array("f", range(8))
    raw = bytearray(floats.tobytes())
    for part in (memoryview(floats)[2:5], memoryview(raw).cast("f")[2:5], bytes(raw[8:20])):
        given = memoryview(part).cast("B").cast("f")
        assert _convert.read(given, "x").tolist() == [2.0, 3.0, 4.0]


def test_strided_buffers_are_refused():
    with pytest.raises(ValueError, match="x: expected elements in one piece"):
        _convert.read(memoryview(stdlib.array("f", range(8)))[::2], "x")


def test_big_endian_numbers_are_refused():
    class Foreign(Described):
        @property
        def __array_interface__(self):
            return super().__array_interface__ | {"typestr": ">f4"}

    with pytest.raises(ValueError, match=r"x: expected a dtype of .*, got '>f4'"):
        _convert.read(Foreign(stdlib.array("f", [1, 2, 3, 4])), "x")


@pytest.mark.parametrize("code", "dbBhHiIq")
def test_other_types_are_converted_in_one_copy(code):
    values = stdlib.array(code, [0, 1, 2, 100])
    x = _convert.read(values, "x")
    assert (x.dtype, x.tolist()) == ("float32", [0.0, 1.0, 2.0, 100.0])
    assert values.tolist() == [0, 1, 2, 100]


def test_ids_become_int32():
    ids = stdlib.array("q", [1, -2, 2**31 - 1])
    assert _convert.read(ids, "ids", "int32").tolist() == [1, -2, 2**31 - 1]
    with pytest.raises(ValueError, match="ids: element 1: expected a whole number in range"):
        _convert.read(stdlib.array("q", [1, 2**31]), "ids", "int32")
    with pytest.raises(ValueError, match="ids: expected dtype int32, got float64"):
        _convert.read(stdlib.array("d", [1]), "ids", "int32")


def test_a_numpy_argument_makes_a_numpy_result(monkeypatch):
    """Of NumPy only what `like` uses: the type's module, and asarray."""
    import sys
    import types

    numpy = types.ModuleType("numpy")
    numpy.asarray = lambda x: ("asarray", x.__array_interface__["shape"])
    ndarray = type("ndarray", (Described,), {"__module__": "numpy"})
    numpy.ndarray = ndarray
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    given = ndarray(stdlib.array("f", range(4)))
    assert _convert.like(array([1, 2, 3]), given) == ("asarray", (3,))
    assert _convert.like(array([1, 2, 3]), [1]) == [1, 2, 3]
