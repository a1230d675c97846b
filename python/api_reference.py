"""Writes docs/python-api.md from the signatures and docstrings of the package.

usage: tritter python python/api_reference.py
"""

import importlib
import inspect
import re
import sys
import textwrap
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "python-api.md"
MODULES = [
    "tritter_accel",
    "tritter_accel.kernels",
    "tritter_accel.layouts",
    "tritter_accel.nf4",
    "tritter_accel.vsa",
]


def render():
    """The text of the page."""
    parts = [
        "# Python API",
        "Made by `python/api_reference.py` from the docstrings of the package. The examples go "
        "with `from tritter_accel import *`; those of a module below, with the same of it.",
    ]
    for name in MODULES:
        module = importlib.import_module(name)
        parts += [f"## {name}", _text(module)]
        for member, value in _members(module):
            parts += _class(member, value) if inspect.isclass(value) else _function(member, value)
    return "\n\n".join(parts) + "\n"


def _members(module):
    """Public classes and functions, those written in the module where it has no ``__all__``."""
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]
    for name in sorted(names, key=str.lower):
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield name, value


def _function(name, function, level="###"):
    return [f"{level} `{name}{_signature(function)}`", _text(function)]


def _class(name, kind):
    if kind.__name__ != name:
        return [f"### `{name}`", f"Another name for `{kind.__name__}`."]
    parts = [f"### class `{name}{_constructor(kind)}`", _text(kind)]
    for member, value in sorted(vars(kind).items()):
        if member.startswith("_") or not inspect.getdoc(value):
            continue
        if isinstance(value, property):
            parts += [f"#### `{name}.{member}`", _text(value)]
        elif callable(value) or isinstance(value, (classmethod, staticmethod)):
            parts += _function(f"{name}.{member}", getattr(kind, member), "####")
    return parts


def _constructor(kind):
    """Empty for a class that functions make: its constructor takes a Java object, or nothing."""
    names = list(inspect.signature(kind).parameters)
    return "" if "handle" in names or not names else _signature(kind)


def _signature(function):
    signature = inspect.signature(function)
    kept = [p for p in signature.parameters.values() if p.name != "self"]
    text = str(signature.replace(parameters=kept))
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def _text(value):
    """A docstring as Markdown: examples in fences, arguments and errors as lists."""
    blocks = []
    for block in (inspect.getdoc(value) or "").split("\n\n"):
        if block.lstrip().startswith(">>>"):
            blocks.append("```pycon\n" + textwrap.dedent(block) + "\n```")
        elif re.match(r"(Args|Returns|Raises|Yields):\n", block):
            title, _, rest = block.partition("\n")
            entries = re.sub(r"\n {5,}", " ", textwrap.dedent(rest).replace("\n    ", " "))
            items = [re.sub(r"^([\w, .*]+):", r"`\1`:", entry) for entry in entries.split("\n")]
            blocks.append(_quoted(f"{title}\n\n" + "\n".join(f"- {item}" for item in items)))
        else:
            blocks.append(_quoted(block))
    return "\n\n".join(blocks)


def _quoted(text):
    return re.sub(r"``([^`]+)``", r"`\1`", text)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE, file=sys.stderr)
