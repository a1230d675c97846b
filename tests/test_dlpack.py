"""DLPack in and out: the memory is the same, and lives as long as either side holds it."""

import gc
import sys
import weakref

import pytest

import tritter_accel as ta

if sys.implementation.name == "cpython":
    from tritter_accel import _dlpack

DTYPES = ["float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64"]


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


class Old:
    """A producer from before DLPack 1.0."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, stream=None):
        return self.array.__dlpack__()

    def __dlpack_device__(self):
        return (1, 0)


@pytest.mark.parametrize("producer", [lambda x: x, Old], ids=["versioned", "old"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_view_of_a_capsule_is_the_same_memory(producer, dtype):
    x = ta.array([[1, 2, 3], [4, 5, 6]], dtype=dtype)
    y = ta.from_dlpack(producer(x))
    assert (y.shape, y.dtype, y.tolist()) == ((2, 3), dtype, x.tolist())
    y[1, 2] = 7
    assert x[1, 2] == 7


def test_the_memory_lives_as_long_as_the_view():
    x = ta.array([1, 2, 3])
    y = ta.from_dlpack(x)
    lent = len(_dlpack._lent)
    del x
    gc.collect()
    assert y.tolist() == [1, 2, 3]
    del y
    assert len(_dlpack._lent) == lent - 1


def test_a_capsule_that_nobody_takes_is_freed():
    lent = len(_dlpack._lent)
    capsule = ta.array([1, 2, 3]).__dlpack__()
    assert len(_dlpack._lent) == lent + 1
    del capsule
    assert len(_dlpack._lent) == lent


def test_a_copy_is_another_memory():
    x = ta.array([1, 2, 3])
    assert x.__dlpack_device__() == (1, 0)

    class Copied(Old):
        def __dlpack__(self, stream=None):
            return self.array.__dlpack__(copy=True)

    y = ta.from_dlpack(Copied(x))
    y[0] = 5
    assert x[0] == 1


def test_other_devices_are_refused():
    x = ta.array([1, 2, 3])
    with pytest.raises(BufferError, match=r"expected the CPU, got device \(2, 0\)"):
        x.__dlpack__(dl_device=(2, 0))

    class Elsewhere(Old):
        def __dlpack_device__(self):
            return (2, 0)

    with pytest.raises(ValueError, match=r"values: expected an array on the CPU, got .* \(2, 0\)"):
        ta.from_dlpack(Elsewhere(x))


def test_what_is_no_capsule_is_refused():
    class Wrong(Old):
        def __dlpack__(self, stream=None):
            return 3

    with pytest.raises(ValueError, match="values: expected a DLPack capsule, got 3"):
        ta.from_dlpack(Wrong(None))


def test_a_tensor_of_torch_goes_in_and_out(torch):
    t = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    x = ta.from_dlpack(t)
    x[0, 0] = 9.0
    assert t[0, 0] == 9.0
    back = torch.from_dlpack(x)
    assert back.data_ptr() == t.data_ptr()
    assert back.shape == (2, 3)


def test_a_tensor_of_torch_is_an_argument_and_gives_a_tensor(torch):
    layer = ta.create_bitlinear(torch.eye(4), group_size=None, activation_bits=None)
    y = layer(torch.ones(2, 4, dtype=torch.float64))
    assert isinstance(y, torch.Tensor)
    assert (y.dtype, tuple(y.shape)) == (torch.float32, (2, 4))
    weights = torch.ones(2, 3, requires_grad=True)
    with pytest.raises(ValueError, match=r"weight: .*grad"):
        ta.create_bitlinear(weights)
    with pytest.raises(ValueError, match="a: expected elements in one piece"):
        ta.kernels.matmul(torch.ones(3, 2).T, torch.ones(3, 2))
    with pytest.raises(ValueError, match="a: expected a dtype of"):
        ta.kernels.matmul(torch.ones(2, 2, dtype=torch.float16), torch.ones(2, 2))


def test_a_tensor_of_torch_is_given_back(torch):
    t = torch.ones(3)
    gone = weakref.ref(t.untyped_storage())
    x = ta.from_dlpack(t)
    del t
    gc.collect()
    assert x.tolist() == [1.0, 1.0, 1.0]
    del x
    gc.collect()
    assert gone() is None
