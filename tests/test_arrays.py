import array as stdlib
import ctypes

import pytest

from tritter_accel import Array, array


def test_lists_become_float32():
    x = array([[1, 2, 3], [4, 5, 6]])
    assert (x.shape, x.dtype, x.ndim, x.size, x.nbytes, len(x)) == ((2, 3), "float32", 2, 6, 24, 2)
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert repr(x) == "Array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=float32)"


@pytest.mark.parametrize(
    "dtype",
    ["float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64"],
)
def test_every_dtype_keeps_its_numbers(dtype):
    x = array([[1, 2], [3, 100]], dtype=dtype)
    assert x.dtype == dtype
    assert x.tolist() == [[1, 2], [3, 100]]
    assert x.memoryview()[1, 1] == 100
    assert x.tobytes() == bytes(x.copy().memoryview().cast("B"))


def test_indexing():
    x = array([[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]])
    assert x[2, 1, 0] == 11
    assert x[-1, -1, -1] == 12
    assert x[1].tolist() == [[5, 6], [7, 8]]
    assert x[1, 0].tolist() == [5, 6]
    assert x[1:].tolist() == x.tolist()[1:]
    assert x[1:1].shape == (0, 2, 2)
    assert x[::2].tolist() == x.tolist()[::2]
    assert x[:, 1].tolist() == [[3, 4], [7, 8], [11, 12]]
    assert x[..., 0].tolist() == [[1, 3], [5, 7], [9, 11]]
    assert x[0, :, 1:].tolist() == [[2], [4]]
    assert [row.tolist() for row in x[0]] == [[1, 2], [3, 4]]
    assert list(x[0, 0]) == [1, 2]


def test_rows_are_views_and_other_slices_are_copies():
    x = array([[1, 2], [3, 4], [5, 6]])
    x[1:][0, 0] = 30
    x[2][1] = 60
    x[:, 0][0] = 99
    assert x.tolist() == [[1, 2], [30, 4], [5, 60]]


def test_rows_are_written_at_once():
    x = array([[1, 2], [3, 4], [5, 6]])
    x[0] = 0
    x[1:] = [[7, 8], [9, 10]]
    assert x.tolist() == [[0, 0], [7, 8], [9, 10]]
    with pytest.raises(ValueError, match="expected 4 elements, got 3"):
        x[1:] = [1, 2, 3]
    with pytest.raises(ValueError, match="consecutive rows"):
        x[:, 0] = 1
    assert x.tolist() == [[0, 0], [7, 8], [9, 10]]


@pytest.mark.parametrize("key", [3, -4, (0, 2), (0, 0, 0)])
def test_an_index_outside_is_an_error(key):
    with pytest.raises(IndexError, match=r"index: expected .*, got "):
        array([[1, 2], [3, 4], [5, 6]])[key]


def test_reshape_keeps_the_memory():
    x = array([1, 2, 3, 4, 5, 6])
    y = x.reshape(3, -1)
    y[2, 1] = 60
    assert y.shape == (3, 2)
    assert x[5] == 60
    assert x.reshape((2, 3)).shape == (2, 3)
    with pytest.raises(ValueError, match=r"shape: expected 6 elements, got \[4, 2\]"):
        x.reshape(4, 2)


def test_equality_looks_at_shape_and_numbers():
    assert array([1, 2]) == array([1, 2])
    assert array([1, 2]) != array([[1, 2]])
    assert array([1, 2]) != array([1, 3])
    assert array([[1], [2]]) == ((1,), [2])


def test_a_large_array_shows_its_edges():
    x = array(stdlib.array("f", range(2000)))
    assert repr(x) == "Array([0.0, 1.0, 2.0, ..., 1997.0, 1998.0, 1999.0], dtype=float32)"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]], r"values: expected rows of one length, got lengths \[1, 2\]"),
        ([[1, 2], 3], "values: expected rows of one length, got numbers beside rows"),
        (["a"], "values: expected float32 numbers, got"),
        ([None], "values: expected float32 numbers, got"),
    ],
)
def test_lists_that_are_no_array_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        array(values)


def test_numbers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="values: expected uint8 numbers"):
        array([256], dtype="uint8")
    with pytest.raises(ValueError, match=r"dtype: expected one of float32, .*, got 'complex'"):
        array([1], dtype="complex")
    with pytest.raises(TypeError, match="values: expected an array or a list, got NoneType"):
        array(None)


def test_an_array_is_made_by_functions_only():
    with pytest.raises(TypeError, match="array"):
        Array()


def test_memoryview_and_buffers_see_the_same_memory():
    x = array([[1, 2], [3, 4]])
    view = x.memoryview()
    view[0, 1] = 20
    assert x[0, 1] == 20
    x[1, 1] = 40
    assert view.tolist() == [[1, 20], [3, 40]]


def test_the_array_interface_names_the_memory():
    x = array([[1, 2], [3, 4]])
    described = x[1].__array_interface__
    assert described["typestr"] == "<f4"
    assert described["shape"] == (2,)
    seen = (ctypes.c_float * 2).from_address(described["data"][0])
    seen[0] = 30
    assert x[1, 0] == 30
