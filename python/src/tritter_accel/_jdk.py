"""Finds a JDK on the disk, in the order in which the launcher script ``tritter`` looks for one."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: The oldest version that runs Tritter.
WANTED = 25

_LIBRARIES = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
_UNIX = (
    "/usr/lib/jvm/*",
    "/usr/lib64/jvm/*",
    "/usr/java/*",
    "/usr/local/lib/jvm/*",
    "/opt/*",
    "/opt/java/*",
    "/opt/jdk/*",
    "~/.jdks/*",
    "~/.local/share/mise/installs/java/*",
    "~/.asdf/installs/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
)
_WINDOWS = (
    r"{ProgramFiles}\Java\*",
    r"{ProgramFiles}\Eclipse Adoptium\*",
    r"{ProgramFiles}\Microsoft\jdk*",
    r"{ProgramFiles}\Zulu\*",
    r"{ProgramFiles}\Amazon Corretto\*",
    r"{ProgramFiles}\BellSoft\*",
    r"{LocalAppData}\Programs\Eclipse Adoptium\*",
    r"{UserProfile}\.jdks\*",
    r"{UserProfile}\scoop\apps\*jdk*\current",
)


def find() -> Path:
    """The folder of a JDK.

    ``TRITTER_JAVA_HOME`` has to be one; otherwise the first in ``JAVA_HOME``, around the ``java``
    on the PATH, and in the usual places. Versions come from release files: nothing is started.

    Raises:
        ImportError: none; it names every folder that was looked at, and what was there.
    """
    chosen = os.environ.get("TRITTER_JAVA_HOME")
    if chosen:
        if version(Path(chosen)) >= WANTED:
            return Path(chosen)
        raise ImportError(
            f"TRITTER_JAVA_HOME: expected the folder of a JDK of version {WANTED} or later, "
            f"got {_found(Path(chosen))}"
        )
    looked = []
    for folder, source in _candidates():
        if version(folder) >= WANTED:
            return folder
        looked.append(f"\n  {_found(folder)}{source}")
    raise ImportError(
        f"tritter_accel: expected a JDK of version {WANTED} or later, found none; install one, or "
        "set TRITTER_JAVA_HOME to its folder. Looked at:"
        + ("".join(looked) or "\n  JAVA_HOME, the PATH and the usual folders, all without a JDK")
    )


def library(home: Path) -> Path:
    """Where the library is that is the JVM of a JDK."""
    return home / _LIBRARIES.get(sys.platform, "lib/server/libjvm.so")


def version(home: Path) -> int:
    """The major version of the JDK in a folder; 0 where there is none."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return int(found[1]) if found and library(home).is_file() else 0


def _found(home: Path) -> str:
    number = version(home)
    return f"JDK {number} in {home}" if number else f"no JDK in {home}"


def _candidates() -> Iterator[tuple[Path, str]]:
    """Folders, and after which variable; of the usual places only those that hold a JDK."""
    seen: set[Path] = set()
    java_home = os.environ.get("JAVA_HOME")
    if java_home:
        seen.add(Path(java_home).resolve())
        yield Path(java_home), " (JAVA_HOME)"
    java = shutil.which("java")
    if java:
        home = Path(java).resolve().parent.parent
        if home not in seen:
            seen.add(home)
            yield home, f" (of {java} on the PATH)"
    for place in _usual_places():
        folder = place.resolve()
        if folder not in seen and version(folder):
            seen.add(folder)
            yield folder, ""


def _usual_places() -> Iterator[Path]:
    tool = "/usr/libexec/java_home"
    if sys.platform == "darwin" and os.access(tool, os.X_OK):
        asked = subprocess.run([tool, "-v", f"{WANTED}+"], capture_output=True, text=True)
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())
    if sys.platform == "win32":
        known = {key.lower(): value for key, value in os.environ.items()}
        patterns = [re.sub(r"{(\w+)}", lambda m: known.get(m[1].lower(), ""), p) for p in _WINDOWS]
    else:
        sdkman = os.environ.get("SDKMAN_CANDIDATES_DIR", "~/.sdkman/candidates")
        patterns = [f"{sdkman}/java/*", *_UNIX]
    for pattern in patterns:
        yield from map(Path, sorted(glob.glob(os.path.expanduser(pattern))))
