"""The search for a JDK, among folders that only look like one."""

import os
from pathlib import Path

import pytest

from tritter_accel import _jdk


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty machine: no variable, no java on the PATH, nothing in the usual places."""
    for name in ("TRITTER_JAVA_HOME", "JAVA_HOME", "SDKMAN_CANDIDATES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(_jdk, "_UNIX", ("~/usr/*",))
    monkeypatch.setattr(_jdk, "_WINDOWS", ())
    monkeypatch.setattr(_jdk.sys, "platform", "linux")
    return tmp_path


def jdk(folder, version):
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    library = _jdk.library(folder)
    library.parent.mkdir(parents=True)
    library.touch()
    return folder


def test_the_chosen_jdk_comes_before_all_others(home, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(jdk(home / "a", "26")))
    monkeypatch.setenv("TRITTER_JAVA_HOME", str(jdk(home / "b", "25.0.3")))
    assert _jdk.find() == home / "b"


@pytest.mark.parametrize(("version", "found"), [("17.0.1", "JDK 17"), (None, "no JDK")])
def test_a_chosen_jdk_that_does_not_fit_is_an_error(home, monkeypatch, version, found):
    jdk(home / "good", "25")
    chosen = jdk(home / "b", version) if version else home / "b"
    monkeypatch.setenv("JAVA_HOME", str(home / "good"))
    monkeypatch.setenv("TRITTER_JAVA_HOME", str(chosen))
    with pytest.raises(ImportError, match=f"TRITTER_JAVA_HOME: expected .* 25 .*, got {found} in"):
        _jdk.find()


def test_java_home_comes_before_the_path_and_the_path_before_the_usual_places(home, monkeypatch):
    usual = jdk(home / "usr" / "x", "25.0.1+3-LTS")
    assert _jdk.find() == usual
    sdkman = jdk(home / ".sdkman" / "candidates" / "java" / "y", "25")
    assert _jdk.find() == sdkman
    on_path = jdk(home / "p", "25")
    (home / "bin").mkdir()
    (home / "bin" / "java").symlink_to(on_path / "bin" / "java")
    assert _jdk.find() == on_path.resolve()
    java_home = jdk(home / "j", "27-ea")
    monkeypatch.setenv("JAVA_HOME", str(java_home))
    assert _jdk.find() == java_home


def test_an_older_jdk_is_passed_over_and_named_in_the_error(home, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(home / "nothing"))
    jdk(home / "usr" / "x", "17.0.2")
    with pytest.raises(ImportError) as error:
        _jdk.find()
    assert f"no JDK in {home / 'nothing'} (JAVA_HOME)" in str(error.value)
    assert f"JDK 17 in {home / 'usr' / 'x'}" in str(error.value)
    newer = jdk(home / "usr" / "y", "25")
    assert _jdk.find() == newer


def test_where_there_is_nothing_the_error_says_where_it_looked(home):
    with pytest.raises(ImportError, match=r"JAVA_HOME, the PATH and the usual folders"):
        _jdk.find()


def test_a_folder_without_the_jvm_itself_is_no_jdk(home, monkeypatch):
    folder = jdk(home / "j", "25")
    _jdk.library(folder).unlink()
    assert _jdk.version(folder) == 0
    assert _jdk.version(Path(os.devnull)) == 0
