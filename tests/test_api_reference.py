"""docs/python-api.md is what the docstrings say."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "python" / "api_reference.py"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("api_reference", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.render(), "make it with `./tritter python python/api_reference.py`"
