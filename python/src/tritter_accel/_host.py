"""How this Python reaches the JVM: the only module that knows which host it runs on.

Java exceptions never leave it: on GraalPy they are a ``BaseException`` that ``except Exception``
does not catch, so `invoke` turns each into the Python exception that stands for it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _connect() -> Any:
    if sys.implementation.name != "graalpy":
        raise ImportError(
            "tritter_accel: expected GraalPy, got "
            f"{sys.implementation.name} {sys.version.split()[0]}; "
            "run the script with `tritter python SCRIPT`"
        )
    import polyglot

    try:
        return polyglot.import_value("tritter")
    except BaseException as error:  # NameError, or whatever the host denies it with
        raise ImportError(
            "tritter_accel: expected a GraalPy that Tritter started; "
            "run the script with `tritter python SCRIPT`"
        ) from error


bridge: Any = _connect()
memory: Any = bridge.memory()

#: Whether addresses go to Java as they are; otherwise (a sandbox) bytes are copied.
direct: bool = memory.direct()

_KINDS: dict[str, type[Exception]] = {
    "value": ValueError,
    "permission": PermissionError,
    "os": OSError,
    "memory": MemoryError,
}


def invoke(method: Callable[..., Any], *args: object) -> Any:
    """Calls a Java method; its exceptions arrive as ValueError, OSError or RuntimeError."""
    try:
        return method(*args)
    except Exception:  # a Python exception, raised by an argument or on the way
        raise
    except BaseException as error:
        if type(error).__name__ != "ForeignException":  # KeyboardInterrupt, SystemExit
            raise
        fault = error
    kind = _KINDS.get(bridge.faultKind(fault), RuntimeError)
    raise kind(str(bridge.faultMessage(fault)))
