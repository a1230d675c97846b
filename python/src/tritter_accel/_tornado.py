"""TornadoVM in the JVM of a CPython process, where its SDK and Tritter's backend for it are."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

#: Options of the program ``java`` that a JVM in another program does not know.
_OF_THE_LAUNCHER = ("-server",)


def backend() -> Path | None:
    """The jar of the backend; None without it, or where ``TORNADOVM_HOME`` is no SDK.

    It is beside the jars of the package, or where Maven leaves it in a source tree.
    """
    if not _argfile().is_file():
        return None
    package = Path(__file__).resolve().parent
    target = package.parents[2] / "backend-tornado" / "target"
    found = [
        *(package / "jars").glob("backend-tornado-*.jar"),
        *target.glob("backend-tornado-*.jar"),
    ]
    return found[0] if found else None


def arguments() -> list[str]:
    """What TornadoVM's argfile has the JVM start with; nothing without a `backend`."""
    return parse(_argfile().read_text(encoding="utf-8")) if backend() else []


def parse(argfile: str) -> list[str]:
    """The arguments in an argfile of ``java``, in the form that a JVM in a process takes.

    >>> parse("-server -Da=b  # a comment\\n--add-modules x,y")
    ['-Da=b', '--add-modules=x,y']
    """
    words = shlex.shlex(argfile, posix=True, punctuation_chars=False)
    words.whitespace_split = True
    words.escape = ""  # folders of Windows
    found: list[str] = []
    for word in words:
        if not word.startswith("-") and found:
            found[-1] += f"={word}"
        elif word not in _OF_THE_LAUNCHER:
            found.append(word)
    return found


def _argfile() -> Path:
    return Path(os.environ.get("TORNADOVM_HOME") or os.devnull) / "tornado-argfile"
