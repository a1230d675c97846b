"""Which device calls run on."""

from __future__ import annotations

from contextlib import contextmanager

from . import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_java = _host.bridge.devices()
_NAMES = ("auto", "cpu", "cuda", "gpu")
_chosen = "auto"


def cuda_available() -> bool:
    """Whether there is a CUDA device and a kernel backend for it.

    >>> cuda_available() in (True, False)
    True
    """
    return bool(_host.invoke(_java.cudaAvailable))


def get_device() -> str:
    """The device that calls run on, ``"cpu"`` or ``"cuda"``.

    >>> set_device("cpu")
    >>> get_device()
    'cpu'
    """
    return resolve(_chosen)


def set_device(device: str) -> None:
    """Chooses the device for calls that do not name one: ``auto``, ``cpu``, ``cuda`` or ``gpu``.

    Case does not matter, ``gpu`` is ``cuda``, and ``auto`` is ``cuda`` where there is one.

    Raises:
        ValueError: another name, or ``cuda`` where there is none; the choice stays as it was.

    >>> set_device("auto")
    """
    global _chosen
    resolve(device)
    _chosen = device.lower()


def resolve(device: str) -> str:
    """``"cpu"`` or ``"cuda"`` for a device name as functions take it."""
    name = device.lower() if isinstance(device, str) else ""
    if name not in _NAMES:
        raise ValueError(f"Unknown device {device!r}. Use 'cuda', 'gpu', 'cpu' or 'auto'")
    if name == "cpu" or (name == "auto" and not cuda_available()):
        return "cpu"
    if not cuda_available():
        backends = _host.invoke(_java.backends)
        reasons = _host.invoke(_java.refusals)
        raise ValueError(
            f"device: expected a kernel backend for CUDA, got {backends} only{reasons}"
        )
    return "cuda"


def choose(device: str) -> str:
    """As `resolve`, where ``auto`` is what `set_device` chose."""
    name = resolve(device)
    return get_device() if device.lower() == "auto" else name


@contextmanager
def on(device: str) -> Iterator[None]:
    """Calls of the body run on a device.

    ``cuda`` and ``cpu`` are taken at their word; with ``auto`` a call is on the device where that
    is faster.
    """
    name = choose(device)
    if device.lower() == "auto" and _chosen == "auto":
        yield
        return
    _host.invoke(_java.enterGpu if name == "cuda" else _java.enterCpu)
    try:
        yield
    finally:
        _host.invoke(_java.leave)
