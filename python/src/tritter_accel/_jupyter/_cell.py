"""Running the source of a cell."""

from __future__ import annotations

import ast
import io
import linecache
import os
import tokenize
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_HERE = os.path.dirname(__file__)


def run(source: str, name: str, namespace: dict[str, Any]) -> Any:
    """Runs a cell; returns the value of its last statement if that is an expression.

    None if a semicolon follows it. Tracebacks show the cell under ``name``.

    >>> names = {}
    >>> run("x = 20; x + 1", "<cell 1>", names), run("x;", "<cell 2>", names)
    (21, None)
    """
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    # dont_inherit: the __future__ imports of this file are not the cell's.
    module: Any = compile(source, name, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    value: ast.Expression | None = None
    if module.body and isinstance(module.body[-1], ast.Expr) and not _silenced(source):
        value = ast.Expression(module.body.pop().value)
    exec(compile(module, name, "exec", dont_inherit=True), namespace)
    if value is None:
        return None
    return eval(compile(value, name, "eval", dont_inherit=True), namespace)


def _silenced(source: str) -> bool:
    """Whether a semicolon ends the cell."""
    last = ""
    if ";" in source:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.COMMENT and token.string.strip():
                last = token.string
    return last == ";"


def describe(error: BaseException) -> dict[str, Any]:
    """Name, message and traceback of an error, without the frames of this package."""
    error.__traceback__ = _of_the_user(error.__traceback__)
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return {
        "ename": type(error).__name__,
        "evalue": _text(error),
        "traceback": [line.rstrip("\n") for line in lines],
    }


def _of_the_user(frames: TracebackType | None) -> TracebackType | None:
    """Without those of this package: how it ran the cell, and how it raised KeyboardInterrupt."""
    while frames is not None and _ours(frames):
        frames = frames.tb_next
    last = frames
    while last is not None and last.tb_next is not None:
        if _ours(last.tb_next):
            last.tb_next = None
        last = last.tb_next
    return frames


def _ours(frames: TracebackType) -> bool:
    return os.path.dirname(frames.tb_frame.f_code.co_filename) == _HERE


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as another:
        return f"<{type(another).__name__} in __str__>"
