"""The JVM in a CPython process: finds a JDK and the jars, starts it through JPype."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import sys
import tempfile
from pathlib import Path

from . import _jdk, _tornado

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_BRIDGE = "io.tritter.bridge.Bridge"
_ANNOUNCEMENT = b"WARNING: Using incubator modules: jdk.incubator.vector"
_ARGUMENTS = (
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
    "-Xrs",  # Ctrl-C and the other signals stay Python's
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
)
_COLLECTOR = "-XX:+UseSerialGC"  # arrays are outside the heap


def connect() -> Any:
    """The Java object of class ``Bridge``, in the JVM of this process; starts it if there is none.

    Raises:
        ImportError: what is missing, or what the JVM that is already there lacks.
    """
    try:
        import jpype
    except ModuleNotFoundError as error:
        raise ImportError(
            "tritter_accel: expected the package jpype1, found none; install it with "
            "`pip install jpype1`, or run the script on GraalPy with `tritter python SCRIPT`"
        ) from error
    if jpype.isJVMStarted():
        return _bridge_of_running(jpype)
    _start(jpype)
    return jpype.JClass(_BRIDGE)(True)


def class_path() -> list[Path]:
    """The jars of Tritter: those in this package, or those that Maven made in a source tree.

    The backend for TornadoVM is among them where it can be used.

    Raises:
        ImportError: neither is there.
    """
    device = _tornado.backend()
    return _jars() if device is None else [*_jars(), device]


def _jars() -> list[Path]:
    package = Path(__file__).resolve().parent
    packed = sorted((package / "jars").glob("*.jar"))
    if packed:
        return packed
    target = package.parents[2] / "polyglot-bridge" / "target"
    built = [*target.glob("polyglot-bridge-*.jar"), *sorted((target / "jars").glob("*.jar"))]
    if len(built) > 1:
        return built
    raise ImportError(
        f"tritter_accel: expected jars in {package / 'jars'} or, built by `mvn package`, in "
        f"{target}, found none"
    )


def arguments() -> list[str]:
    """The arguments of the JVM: those of TornadoVM first, those in ``TRITTER_OPTS`` last."""
    device = _tornado.arguments()  # with a collector of their own
    return [*device, *([] if device else [_COLLECTOR]), *_own_arguments()]


def _own_arguments() -> list[str]:
    return [*_ARGUMENTS, *shlex.split(os.environ.get("TRITTER_OPTS", ""))]


def command(arguments: list[str]) -> int:
    """Runs a command of the core, such as ``info``; its exit code."""
    import jpype

    python = f"CPython {platform.python_version()}, JPype {jpype.__version__}"
    lines = jpype.java.util.Map.of("Python", python)
    more = jpype.JProxy("java.util.function.Supplier", {"get": lambda: lines})
    return int(jpype.JClass("io.tritter.cli.TritterCommand").create(more).execute(*arguments))


def _bridge_of_running(jpype: Any) -> Any:
    """The bridge in a JVM that somebody else started."""
    try:
        return jpype.JClass(_BRIDGE)(True)
    except (TypeError, jpype.JException) as error:
        wanted = os.pathsep.join(map(str, class_path()))
        version = jpype.java.lang.System.getProperty("java.version")
        raise ImportError(
            f"tritter_accel: expected Tritter's classes in the JVM (Java {version}) that this "
            "process has started already, found none. Import tritter_accel first, or start a JDK "
            f"of version {_jdk.WANTED} or later with {' '.join(_ARGUMENTS[:2])} and with "
            f"{wanted} on the class path"
        ) from error


def _start(jpype: Any) -> None:
    home = _jdk.find()
    jars = [str(jar) for jar in class_path()]
    with _quiet():
        try:
            # interrupt: whether JPype leaves SIGINT alone.
            jpype.startJVM(str(_jdk.library(home)), *arguments(), classpath=jars, interrupt=True)
        except (OSError, RuntimeError, jpype.JVMNotFoundException) as error:
            raise ImportError(
                f"tritter_accel: expected a JVM from {home}, got {error}; its arguments were "
                f"{' '.join(_own_arguments())}"
            ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps one line from standard error: the JVM's announcement of its incubator module.

    It comes before any code of ours runs, and no flag stops it. With arguments of the user's own
    everything is shown, as the JVM may end the process over them.
    """
    if os.environ.get("TRITTER_OPTS"):
        yield
        return
    with contextlib.suppress(AttributeError, OSError, ValueError):  # None, closed
        sys.stderr.flush()
    with tempfile.TemporaryFile() as caught:
        try:
            original = os.dup(2)
        except OSError:  # no standard error at all
            yield
            return
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
            caught.seek(0)
            for line in caught:
                if line.rstrip() != _ANNOUNCEMENT:
                    os.write(2, line)
