"""The build backend of the package (PEP 517, PEP 660): packs the sources, and the jars as data.

It needs the standard library only, so that Maven makes the wheel with it too, on GraalPy:
``wheel_builder.py FOLDER`` writes the wheel of the jars that are there.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "src" / "tritter_accel"
TREE = HERE.parent
TARGET = TREE / "polyglot-bridge" / "target"
#: Of every file in an archive, so that the same content gives the same bytes.
TIME = (2026, 1, 1, 0, 0, 0)


# --- what pip calls ----------------------------------------------------------------------------


def build_wheel(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Writes the wheel; its name."""
    build = (config_settings or {}).get("maven") != "none"
    jars = {f"tritter_accel/jars/{jar.name}": jar.read_bytes() for jar in _jars(build)}
    return _write_wheel(Path(wheel_directory), _sources("tritter_accel") | jars)


def build_editable(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Writes a wheel that points to this folder; its name."""
    _jars()
    pointer = f"{HERE / 'src'}\n".encode()
    return _write_wheel(Path(wheel_directory), {"tritter_accel.pth": pointer})


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """Writes an archive of which a wheel can be made without Maven; its name."""
    root = f"tritter_accel-{_version()}"
    files = _sources("src/tritter_accel")
    files |= {f"src/tritter_accel/jars/{jar.name}": jar.read_bytes() for jar in _jars()}
    files |= {name: (HERE / name).read_bytes() for name in ("pyproject.toml", "wheel_builder.py")}
    files["PKG-INFO"] = _metadata().encode()
    path = Path(sdist_directory) / f"{root}.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{root}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path.name


# --- what goes in ------------------------------------------------------------------------------


def _sources(folder: str) -> dict[str, bytes]:
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("py.typed")]
    return {f"{folder}/{f.relative_to(PACKAGE).as_posix()}": f.read_bytes() for f in files}


def _jars(build: bool = True) -> list[Path]:
    """The jars that CPython needs: of an unpacked sdist, or of the tree, where Maven makes them.

    Raises:
        RuntimeError: there are none, and they cannot be made.
    """
    packed = sorted((PACKAGE / "jars").glob("*.jar"))
    if packed:
        return packed
    if not (TREE / "polyglot-bridge" / "pom.xml").is_file():
        raise RuntimeError(f"jars: expected some in {PACKAGE / 'jars'}, found none")
    if build and _stale():
        _run_maven()
    jars = _built()
    if not jars:
        raise RuntimeError(f"jars: expected those of `mvn package` in {TARGET}, found none")
    return jars


def _built() -> list[Path]:
    own, others = sorted(TARGET.glob("polyglot-bridge-*.jar")), sorted(TARGET.glob("jars/*.jar"))
    return own + others if own and others else []


def _stale() -> bool:
    """Whether a jar is missing or older than a source."""
    jars = [*TARGET.glob("polyglot-bridge-*.jar"), *TARGET.glob("jars/java-core-*.jar")]
    if len(jars) < 2:
        return True
    sources = [TREE / "pom.xml"]
    for module in ("java-core", "polyglot-bridge"):
        sources += [TREE / module / "pom.xml", *(TREE / module / "src" / "main").rglob("*.*")]
    return max(f.stat().st_mtime for f in sources) > min(f.stat().st_mtime for f in jars)


def _run_maven() -> None:
    maven = shutil.which("mvn")
    if maven is None:
        if _built():
            print(f"warning: jars in {TARGET} are older than their sources, and there is no mvn")
            return
        raise RuntimeError(
            f"jars: expected those of `mvn package` in {TARGET}, found none, and no Maven (mvn) "
            "on the PATH to make them; install Maven 3.8 or later and a JDK of version 25 or later"
        )
    print("building the jars with Maven (once, about a minute) ...", flush=True)
    skipped = ("maven.test.skip", "spotless.check.skip", "wheel.skip")
    options = ["-B", "-ntp", "-q", *(f"-D{name}=true" for name in skipped)]
    done = subprocess.run(
        [maven, *options, "-pl", "polyglot-bridge", "-am", "package"],
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"jars: the build with {maven} failed:\n{done.stdout[-4000:]}")


# --- the formats -------------------------------------------------------------------------------


def _project() -> Any:
    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _version() -> str:
    text = (PACKAGE / "_version.py").read_text(encoding="utf-8")
    return re.search(r'__version__ = "(.+)"', text)[1]  # type: ignore[index]


def _metadata() -> str:
    """Core metadata 2.1 of what pyproject.toml says."""
    project = _project()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {_version()}",
        f"Summary: {project['description']}",
        f"License: {project['license']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Classifier: {value}" for value in project["classifiers"]),
        *(f"Requires-Dist: {value}" for value in project["dependencies"]),
    ]
    for extra, needed in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {value}; extra == '{extra}'" for value in needed]
    return "\n".join(lines) + "\n"


def _write_wheel(folder: Path, files: dict[str, bytes]) -> str:
    stem = f"tritter_accel-{_version()}"
    info = f"{stem}.dist-info"
    scripts = "".join(f"{name} = {at}\n" for name, at in _project()["scripts"].items())
    tag = "Wheel-Version: 1.0\nGenerator: wheel_builder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = dict(sorted(files.items()))
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = tag.encode()
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{scripts}".encode()
    files[f"{info}/RECORD"] = "".join(_record(files, info)).encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, TIME)
            entry.external_attr = 0o644 << 16
            # A jar is compressed already.
            entry.compress_type = (
                zipfile.ZIP_STORED if name[-4:] == ".jar" else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, content)
    return path.name


def _record(files: dict[str, bytes], info: str) -> Iterator[str]:
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        yield f"{name},sha256={digest},{len(content)}\n"
    yield f"{info}/RECORD,,\n"


if __name__ == "__main__":
    print(Path(sys.argv[1]) / build_wheel(sys.argv[1], {"maven": "none"}))
