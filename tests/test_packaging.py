"""The build backend, on a copy of the sources with jars that only look like some."""

import base64
import hashlib
import importlib.util
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent / "python"


@pytest.fixture
def builder(tmp_path, monkeypatch):
    """The backend in a tree that Maven has built; there is no Maven."""
    tree = tmp_path / "tree"
    shutil.copytree(PROJECT, tree / "python", ignore=shutil.ignore_patterns("__pycache__", "jars"))
    target = tree / "polyglot-bridge" / "target"
    (target / "jars").mkdir(parents=True)
    (tree / "pom.xml").touch()
    for module in ("java-core", "polyglot-bridge"):
        (tree / module).mkdir(exist_ok=True)
        (tree / module / "pom.xml").touch()
    (target / "polyglot-bridge-1.jar").write_bytes(b"bridge")
    (target / "jars" / "java-core-1.jar").write_bytes(b"core")
    monkeypatch.setenv("PATH", str(tmp_path))
    return load(tree / "python")


def load(folder):
    spec = importlib.util.spec_from_file_location("wheel_builder", folder / "wheel_builder.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_wheel_has_the_sources_and_the_jars(builder, tmp_path):
    name = builder.build_wheel(str(tmp_path))
    assert name == "tritter_accel-0.1.0.dev0-py3-none-any.whl"
    files = contents(tmp_path / name)
    assert files["tritter_accel/jars/java-core-1.jar"] == b"core"
    assert files["tritter_accel/jars/polyglot-bridge-1.jar"] == b"bridge"
    init = PROJECT / "src" / "tritter_accel" / "__init__.py"
    assert files["tritter_accel/__init__.py"] == init.read_bytes()
    assert "tritter_accel/py.typed" in files


def test_the_record_has_the_hash_of_every_file(builder, tmp_path):
    files = contents(tmp_path / builder.build_wheel(str(tmp_path)))
    info = "tritter_accel-0.1.0.dev0.dist-info"
    record = dict(line.split(",", 1) for line in files[f"{info}/RECORD"].decode().splitlines())
    assert record.pop(f"{info}/RECORD") == ","
    assert record.keys() == files.keys() - {f"{info}/RECORD"}
    for name, entry in record.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode()
        assert entry == f"sha256={digest.rstrip('=')},{len(files[name])}"


def test_only_cpython_needs_jpype(builder, tmp_path):
    files = contents(tmp_path / builder.build_wheel(str(tmp_path)))
    metadata = files["tritter_accel-0.1.0.dev0.dist-info/METADATA"].decode().splitlines()
    needed = [line for line in metadata if line.startswith("Requires-Dist")]
    assert needed == [
        "Requires-Dist: jpype1>=1.7,<2; platform_python_implementation == 'CPython'",
        "Requires-Dist: numpy>=1.26; extra == 'numpy'",
    ]


def test_the_same_sources_give_the_same_bytes(builder, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    name = builder.build_wheel(str(one))
    assert builder.build_wheel(str(two)) == name
    assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_source_archive_makes_the_same_wheel_without_a_tree(builder, tmp_path):
    with tarfile.open(tmp_path / builder.build_sdist(str(tmp_path))) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    alone = load(next((tmp_path / "unpacked").iterdir()))
    one, two = tmp_path / "one", tmp_path / "two"
    name = builder.build_wheel(str(one))
    assert alone.build_wheel(str(two)) == name
    assert (one / name).read_bytes() == (two / name).read_bytes()


def test_an_editable_wheel_points_to_the_sources(builder, tmp_path):
    files = contents(tmp_path / builder.build_editable(str(tmp_path)))
    source = files["tritter_accel.pth"].decode().strip()
    assert (Path(source) / "tritter_accel" / "__init__.py").is_file()


def test_without_jars_and_without_maven_the_error_says_what_to_install(builder, tmp_path):
    shutil.rmtree(builder.TARGET)
    with pytest.raises(RuntimeError, match=r"jars: expected those of `mvn package` .* no Maven"):
        builder.build_wheel(str(tmp_path))


def test_jars_older_than_their_sources_are_used_where_there_is_no_maven(builder, tmp_path, capsys):
    os.utime(builder.TARGET / "polyglot-bridge-1.jar", (1, 1))
    builder.build_wheel(str(tmp_path))
    assert "are older than their sources, and there is no mvn" in capsys.readouterr().out
