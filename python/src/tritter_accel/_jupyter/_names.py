"""Finding names and calls in source that a user is still writing."""

from __future__ import annotations

import builtins
import io
import re
import tokenize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MISSING = object()
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")


def resolve(dotted: str, namespace: dict[str, Any]) -> Any:
    """The object that a name or ``a.b.c`` means, or `MISSING`.

    >>> resolve("text.upper", {"text": "x"})()
    'X'
    """
    first, *attributes = dotted.split(".")
    value = namespace.get(first, getattr(builtins, first, MISSING))
    for attribute in attributes:
        if value is MISSING:
            break
        try:
            value = getattr(value, attribute)
        except Exception:  # a property may raise anything
            value = MISSING
    return value


def dotted_before(text: str) -> str:
    """The ``a.b.c`` that ends a text; empty if there is none."""
    found = _DOTTED.search(text)
    return found.group() if found else ""


def open_call(text: str) -> tuple[str, set[str]] | None:
    """The function whose arguments are being written at the end, and the keywords given so far.

    >>> open_call("g(1); f(a, key=[1, 2], b")
    ('f', {'key'})
    >>> open_call("f(a)") is None
    True
    """
    calls: list[tuple[str, str, set[str]]] = []
    dotted, name = "", ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            word = token.string
            if word in ("(", "[", "{"):
                calls.append((word, dotted, set()))
            elif word in (")", "]", "}") and calls:
                calls.pop()
            elif word == "=" and calls and name:
                calls[-1][2].add(name)
            name = word if token.type == tokenize.NAME else ""
            if name and dotted.endswith("."):
                dotted += name
            elif word == "." and dotted:
                dotted += word
            else:
                dotted = name
    except (tokenize.TokenError, SyntaxError):
        pass  # the text ends inside a bracket or a string
    for bracket, function, keywords in reversed(calls):
        if bracket == "(" and function:
            return function, keywords
    return None
