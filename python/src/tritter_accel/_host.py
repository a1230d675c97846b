"""How this Python reaches the JVM: the only module that knows which host it runs on.

Java exceptions never leave it: `invoke` turns each into the Python exception that stands for it.
On GraalPy, where Python runs inside the JVM, they are a ``BaseException`` that ``except Exception``
does not catch; on CPython they are classes of JPype.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_KINDS: dict[str, type[Exception]] = {
    "value": ValueError,
    "permission": PermissionError,
    "missing": FileNotFoundError,
    "os": OSError,
    "memory": MemoryError,
}


def _connect_graalpy() -> tuple[Any, Callable[..., Any]]:
    import polyglot

    try:
        java = polyglot.import_value("tritter")
    except BaseException as error:  # NameError, or whatever the host denies it with
        raise ImportError(
            "tritter_accel: expected a GraalPy that Tritter started; "
            "run the script with `tritter python SCRIPT`"
        ) from error

    def call(method: Callable[..., Any], *args: object) -> Any:
        try:
            return method(*args)
        except Exception:  # a Python exception, raised by an argument or on the way
            raise
        except BaseException as error:
            if type(error).__name__ != "ForeignException":  # KeyboardInterrupt, SystemExit
                raise
            fault = error
        raise _translated(fault)

    return java, call


def _connect_cpython() -> tuple[Any, Callable[..., Any]]:
    from . import _jvm

    java = _jvm.connect()
    import jpype

    java_exception = jpype.JException

    def call(method: Callable[..., Any], *args: object) -> Any:
        try:
            return method(*args)
        except java_exception as error:
            fault = error
        raise _translated(fault)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
    return java, call


def _after_fork() -> None:
    """In the child of a fork no thread of the JVM runs: a call would wait for ever."""
    global invoke
    import jpype.config

    invoke = _refuse
    # Neither may the end of the child call it, nor its collections of garbage.
    jpype.config.onexit = False
    gc.callbacks[:] = [c for c in gc.callbacks if getattr(c, "__module__", "") != "_jpype"]


def _refuse(*_: object) -> NoReturn:
    raise RuntimeError(
        "tritter_accel: expected the process that imported it, got a fork of it, in which the JVM "
        "does not run; use the start method 'spawn' or 'forkserver' of multiprocessing, or import "
        "tritter_accel only after the fork"
    )


def _connect() -> tuple[Any, Callable[..., Any]]:
    name = sys.implementation.name
    if name == "graalpy":
        return _connect_graalpy()
    if name == "cpython" and sys.version_info >= (3, 11):
        return _connect_cpython()
    raise ImportError(
        "tritter_accel: expected CPython 3.11 or later, or GraalPy, "
        f"got {name} {sys.version.split()[0]}; run the script with `tritter python SCRIPT`"
    )


def _translated(fault: Any) -> Exception:
    kind = _KINDS.get(str(bridge.faultKind(fault)), RuntimeError)
    return kind(str(bridge.faultMessage(fault)))


bridge: Any
#: Calls a Java method; its exceptions arrive as ValueError, OSError, MemoryError or RuntimeError.
invoke: Callable[..., Any]
bridge, invoke = _connect()
memory: Any = bridge.memory()

#: Whether addresses go to Java as they are; otherwise (a sandbox) bytes are copied.
direct: bool = bool(memory.direct())
