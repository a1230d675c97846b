"""What is known of the object at the cursor."""

from __future__ import annotations

import inspect
import re

from ._names import MISSING, dotted_before, open_call, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WORD = re.compile(r"\w*")
_LONGEST_VALUE = 500


def look_up(code: str, cursor: int, namespace: dict[str, Any], detail: int = 0) -> str | None:
    """A page on the name at the cursor, or on the function whose arguments are written there.

    Signature, type, value, docstring and file; with ``detail`` the source too.

    >>> print(look_up("len(", 4, {}).splitlines()[1])
    Type:      builtin_function_or_method
    """
    end = cursor + len(_WORD.match(code, cursor).group())  # type: ignore[union-attr]
    name = dotted_before(code[:end])
    value = resolve(name, namespace) if name else MISSING
    if value is MISSING:
        call = open_call(code[:cursor])
        name = call[0] if call else ""
        value = resolve(name, namespace) if name else MISSING
    return None if value is MISSING else _page(name, value, detail)


def _page(name: str, value: Any, detail: int) -> str:
    parts = {
        "Signature": _signature(name, value),
        "Type": type(value).__name__,
        "Value": None if _documents_itself(value) else _shortened(repr(value)),
        "File": _quiet(inspect.getsourcefile, value),
        "Docstring": _quiet(inspect.getdoc, value),
        "Source": _quiet(inspect.getsource, value) if detail else None,
    }
    return "\n".join(_part(title, text) for title, text in parts.items() if text)


def _part(title: str, text: str) -> str:
    if title in ("Docstring", "Source"):
        return f"{title}:\n{text}"
    return f"{title + ':':<11}{text}"


def _signature(name: str, value: Any) -> str | None:
    text = _quiet(inspect.signature, value) if callable(value) else None
    return None if text is None else f"{name.rpartition('.')[2]}{text}"


def _documents_itself(value: Any) -> bool:
    return inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "..."


def _quiet(function: Any, value: Any) -> Any:
    """What an object does not tell is left out."""
    try:
        return function(value)
    except Exception:
        return None
