import array
import json
import sys
from pathlib import Path

import pytest

import tritter_accel as ta

# The scripts that made the cases, and the tests of frontends, need other packages.
collect_ignore = ["golden", "jupyter"]
GOLDEN = Path(__file__).parent / "golden"
CODES = {"F32": "f", "I64": "q", "U8": "B"}

#: Files about one host; every other file runs on both.
ONE_HOST = {"test_cpython.py": "cpython", "test_dlpack.py": "cpython", "test_graalpy.py": "graalpy"}


def pytest_collection_modifyitems(items):
    for item in items:
        host = ONE_HOST.get(item.path.name, sys.implementation.name)
        if host != sys.implementation.name:
            item.add_marker(pytest.mark.skip(reason=f"about {host}"))


@pytest.fixture(scope="session")
def peer():
    """What the published Rust package returned for the same calls."""
    return json.loads((GOLDEN / "peer_api.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def golden():
    """The arrays of a safetensors file by name, read without the product's reader."""

    def load(name):
        raw = (GOLDEN / f"{name}.safetensors").read_bytes()
        start = 8 + int.from_bytes(raw[:8], "little")
        tensors = {}
        for key, entry in json.loads(raw[8:start]).items():
            if key != "__metadata__":
                begin, end = entry["data_offsets"]
                numbers = array.array(CODES[entry["dtype"]], raw[start + begin : start + end])
                tensors[key] = ta.array(numbers).reshape(*entry["shape"])
        return tensors

    return load
