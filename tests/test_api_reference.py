"""docs/python-api.md is what the docstrings say."""

import doctest
import importlib.util
import re
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "python" / "api_reference.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("api_reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script):
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.render(), "make it with `./tritter python python/api_reference.py`"


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="GraalPy runs the docstrings")
def test_the_examples_run_after_the_import_that_the_page_names(script):
    text = re.sub(r"(?m)^```.*$", "", script.PAGE.read_text(encoding="utf-8"))
    runner = doctest.DocTestRunner()
    for section in re.split(r"(?m)^## ", text)[1:]:
        module = section.partition("\n")[0]
        for entry in re.split(r"(?m)^####? ", section):
            names = {}
            exec(f"from {module} import *", names)
            name = f"{module}: {entry.partition(' ')[0]}"
            runner.run(doctest.DocTestParser().get_doctest(entry, names, name, None, 0))
    assert runner.tries > 200
    assert runner.failures == 0
