import sys

import pytest

import tritter_accel
from tritter_accel import _host


def test_the_versions_of_both_sides_agree():
    java = str(_host.bridge.version()).removesuffix("-SNAPSHOT")
    assert tritter_accel.version().removesuffix(".dev0") == java


def test_java_errors_become_python_errors():
    with pytest.raises(ValueError, match="bytes: expected at least 0, got -1"):
        _host.invoke(_host.memory.allocate, -1)


def test_python_errors_pass_unchanged():
    class Mine(Exception):
        pass

    def fails():
        raise Mine

    with pytest.raises(Mine):
        _host.invoke(fails)
    with pytest.raises(KeyboardInterrupt):
        _host.invoke(lambda: (_ for _ in ()).throw(KeyboardInterrupt()))


def test_another_python_is_told_how_to_run(monkeypatch):
    monkeypatch.setattr(sys, "implementation", type("Other", (), {"name": "pypy"}))
    with pytest.raises(ImportError, match=r"expected CPython 3.11 .*, got pypy .*tritter python"):
        _host._connect()


@pytest.mark.parametrize("name", ["auto", "AUTO", "cpu", "Cpu"])
def test_devices_of_any_case(name):
    tritter_accel.set_device(name)
    assert tritter_accel.get_device() == "cpu"


@pytest.mark.parametrize("name", ["tpu", "", None, 3])
def test_an_unknown_device_is_refused(name):
    tritter_accel.set_device("cpu")
    with pytest.raises(ValueError, match=r"Unknown device .*\. Use 'cuda', 'gpu', 'cpu' or 'auto'"):
        tritter_accel.set_device(name)
    assert tritter_accel.get_device() == "cpu"


@pytest.mark.parametrize("name", ["cuda", "GPU"])
@pytest.mark.skipif("__import__('tritter_accel').cuda_available()", reason="there is a device")
def test_cuda_without_a_device_says_what_is_missing(name):
    tritter_accel.set_device("auto")
    with pytest.raises(
        ValueError, match=r"device: expected a kernel backend for CUDA, got .*scalar"
    ):
        tritter_accel.set_device(name)
    assert tritter_accel.get_device() == "cpu"


def test_every_public_name_is_there():
    missing = [name for name in tritter_accel.__all__ if not hasattr(tritter_accel, name)]
    assert missing == []
