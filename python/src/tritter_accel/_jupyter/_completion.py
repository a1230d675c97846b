"""What can stand at the cursor: names, attributes, keywords, arguments, modules."""

from __future__ import annotations

import builtins
import importlib
import inspect
import keyword
import pkgutil
import re
import sys

from ._names import MISSING, open_call, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_IMPORT = re.compile(r"\s*(?:import|from)\s+(?:.*,\s*)?([\w.]*)\Z")
_FROM = re.compile(r"\s*from\s+([\w.]+)\s+import\s+(?:\(?.*,\s*|\(\s*)?(\w*)\Z")
_ATTRIBUTE = re.compile(r"([^\W\d][\w.]*)\.(\w*)\Z")
_NAME = re.compile(r"(?<![\w.])(?:[^\W\d]\w*)?\Z")


def complete(code: str, cursor: int, namespace: dict[str, Any]) -> tuple[list[str], int]:
    """The words that may replace what is written before the cursor, and where that begins.

    Looks names and attributes up in the live objects; calls nothing but properties on the way.

    >>> complete("import json.deco", 16, {})
    (['decoder'], 12)
    >>> complete("text.isup", 9, {"text": "x"})
    (['isupper'], 5)
    """
    before = code[:cursor]
    line = before.rpartition("\n")[2]
    if found := _FROM.match(line):
        return _offers(_members(found[1]), found[2], cursor)
    if found := _IMPORT.match(line):
        package, _, start = found[1].rpartition(".")
        return _offers(_modules(package), start, cursor)
    if found := _ATTRIBUTE.search(line):
        value = resolve(found[1], namespace)
        return _offers([] if value is MISSING else _attributes(value), found[2], cursor)
    if found := _NAME.search(line):
        arguments = _offers(_arguments(before, namespace), found[0], cursor)[0]
        names = {*namespace, *dir(builtins), *keyword.kwlist, *keyword.softkwlist}
        matches, start = _offers(names, found[0], cursor)
        return arguments + matches, start
    return [], cursor


def _offers(words: Iterable[str], start: str, cursor: int) -> tuple[list[str], int]:
    """Those that begin so; names with an underscore in front only if one was written."""
    hidden = start.startswith("_")
    fits = {w for w in words if w.startswith(start) and (hidden or not w.startswith("_"))}
    return sorted(fits), cursor - len(start)


def _attributes(value: Any) -> list[str]:
    try:
        return [name for name in dir(value) if isinstance(name, str)]
    except Exception:  # a __dir__ of its own
        return []


def _arguments(before: str, namespace: dict[str, Any]) -> list[str]:
    call = open_call(before)
    if call is None:
        return []
    function, given = call
    try:
        parameters = inspect.signature(resolve(function, namespace)).parameters.values()
    except (TypeError, ValueError):  # nothing to call, or written in Java
        return []
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [f"{p.name}=" for p in parameters if p.kind in by_name and p.name not in given]


def _modules(package: str) -> set[str]:
    """The modules in a package, or the top ones."""
    if not package:
        return {*sys.builtin_module_names, *(m.name for m in pkgutil.iter_modules())}
    path = getattr(_imported(package), "__path__", None)
    return {module.name for module in pkgutil.iter_modules(path)} if path else set()


def _members(module: str) -> set[str]:
    return {*_attributes(_imported(module)), *_modules(module)}


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except Exception:  # whatever the module does
        return None
