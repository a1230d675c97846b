"""NumPy's arrays, on whichever host has NumPy: no copy where that is possible, else one."""

import gc
import weakref

import pytest

import tritter_accel as ta
from tritter_accel import _convert

np = pytest.importorskip("numpy")


def address(x):
    return x.__array_interface__["data"][0]


def matrix(dtype="float32", order="C"):
    return np.array([[1, 2, 3], [4, 5, 6]], dtype=dtype, order=order)


@pytest.mark.parametrize("dtype", ["float32", "int8", "uint8", "int32"])
def test_what_lies_in_one_piece_is_read_where_it_is(dtype):
    x = matrix(dtype)
    read = _convert.read(x, "x", dtype)
    assert (read._address(), read.shape, read.dtype) == (address(x), (2, 3), dtype)
    assert _convert.read(x[1:], "x", dtype)._address() == address(x) + 3 * x.itemsize


def test_what_cannot_be_written_to_is_read_where_it_is():
    x = matrix()
    x.flags.writeable = False
    assert _convert.read(x, "x")._address() == address(x)


@pytest.mark.parametrize(
    "x",
    [
        matrix("float64"),
        matrix("float16"),
        matrix("int64"),
        matrix("uint32"),
        matrix(">f4"),
        matrix(order="F"),
        matrix("float64", order="F"),
        np.repeat(matrix(), 2, axis=1)[:, ::2],
        np.array([[True, False, True], [False, True, False]]),
        matrix("float64")[:, ::-1],
        matrix("longdouble"),
    ],
    ids=lambda x: f"{x.dtype}{'' if x.flags.c_contiguous else ', in pieces'}",
)
def test_everything_else_is_converted(x):
    before = x.copy()
    read = _convert.read(x, "x")
    assert read.dtype == "float32"
    assert np.array_equal(np.asarray(read), x.astype("f4"))
    assert read._address() != address(x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("x", [np.array(["a", "b"]), np.array([1j, 2]), np.array([None, 3])])
def test_what_has_no_real_numbers_is_refused(x):
    with pytest.raises(ValueError, match=r"x: expected a dtype of float32, .*, got"):
        _convert.read(x, "x")


def test_integers_that_do_not_fit_are_refused():
    assert _convert.read(np.array([1.0, -1.0]), "x", "int8").tolist() == [1, -1]
    with pytest.raises(ValueError, match="element 1: expected a whole number in range"):
        _convert.read(np.array([1.0, 0.5]), "x", "int8")
    with pytest.raises(ValueError, match="element 1: expected a whole number in range"):
        _convert.read(np.array([1, 2**40]), "x", "int32")


def test_results_are_arrays_of_numpy():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((4, 8)), rng.standard_normal((6, 8)).astype("f4")
    y = ta.create_bitlinear(w, activation_bits=None)(x)
    assert (type(y), y.dtype, y.shape) == (np.ndarray, np.float32, (4, 6))
    assert y.flags.writeable
    assert y.flags.c_contiguous
    trits, scales = ta.quantize_weights_absmean(w)
    packed, same = ta.pack_ternary_weights(trits, scales)
    assert (packed.dtype, same.dtype) == (np.uint8, np.float32)
    unpacked = ta.unpack_ternary_weights(packed, scales, w.shape)
    assert np.array_equal(unpacked, trits * scales[:, None])
    product = ta.ternary_matmul(x, packed, scales, w.shape)
    # float32 against float64: 8 products of numbers of about 1
    assert np.allclose(product, x @ unpacked.T.astype("f8"), atol=1e-5)
    bound = ta.vsa_bind(np.array([1, 0, -1], "i1"), np.array([1, 1, 1], "i1"))
    assert (type(bound), bound.dtype) == (np.ndarray, np.int8)
    # a float64 argument gives a float32 result
    assert ta.kernels.softmax(np.zeros((2, 4))).dtype == np.float32


def test_gradients_of_numpy_give_predictions_of_numpy():
    trainer = ta.create_trainer([("w", (2, 3))], 2, 1, 2, 2)
    for i in range(4):
        step = trainer.step(lambda i=i: {"w": matrix() * i}, loss=1.0)
    predicted = step["predicted_gradients"]["w"]
    assert (type(predicted), predicted.shape) == (np.ndarray, (2, 3))


def test_a_result_keeps_its_memory():
    y = ta.kernels.relu2_glu(np.full((64, 64), 2.0, "f4"), np.ones((64, 64), "f4"))
    part = y[3:5]
    gone = weakref.ref(y)
    del y
    gc.collect()
    [np.zeros((64, 64), "f4") for _ in range(64)]
    assert gone() is not None
    assert np.array_equal(part, np.full((2, 64), 4.0, "f4"))


def test_an_array_of_ours_is_seen_by_numpy_without_a_copy():
    x = ta.array([[1, 2], [3, 4]])
    y = np.asarray(x)
    y[0, 1] = 9.0
    assert x[0, 1] == 9.0
    del x
    gc.collect()
    assert y.tolist() == [[1.0, 9.0], [3.0, 4.0]]


def test_weights_of_a_model_are_views_that_live_on():
    model = ta.Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    norm = np.asarray(model.parameters["model.norm.weight"])
    norm[:] = 0.5
    assert model.parameters["model.norm.weight"].tolist() == [0.5] * 8
    del model
    gc.collect()
    assert norm.tolist() == [0.5] * 8


def test_numbers_of_numpy_are_numbers():
    assert ta.vsa_random(np.int64(5), np.uint64(7)) == ta.vsa_random(5, 7)
    assert ta.kernels.rope(np.ones((2, 4)), theta=np.float32(100.0)).shape == (2, 4)
    layer = ta.create_bitlinear(matrix(), group_size=np.int32(2))
    assert layer.group_size == 2


def test_nothing_is_an_error_and_not_a_crash():
    with pytest.raises(ValueError, match="input: expected at least 1 element"):
        ta.create_bitlinear(matrix())(np.zeros((0, 3), "f4"))
