"""The command ``tritter`` of an installed package: the commands of the Java core."""

from __future__ import annotations

import sys

from . import _jvm

_ELSEWHERE = ("demo", "python", "jupyter")


def main(arguments: list[str] | None = None) -> int:
    """Runs the command that the arguments name; its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in _ELSEWHERE:
        print(
            f"tritter {given[0]}: expected GraalPy, which comes with the source tree: run "
            f"./tritter {given[0]} there. Here, run scripts with {sys.executable}",
            file=sys.stderr,
        )
        return 2
    return int(_jvm.command(given))


if __name__ == "__main__":
    sys.exit(main())
