"""The value of this file is a function that runs pytest: (exit code, number of passed tests)."""

import os
import shlex
import sys


class Count:
    passed = 0

    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed


def run(root, arguments):
    os.chdir(root)  # of this context only
    sys.argv = ["pytest"]
    sys.pycache_prefix = os.path.join(root, "polyglot-bridge", "target", "pycache")
    import pytest

    count = Count()
    options = ["-c", "python/pyproject.toml", "-p", "no:cacheprovider", "-q", "-rfE"]
    folders = ["tests", "python/src"]
    code = pytest.main([*options, *shlex.split(arguments), *folders], plugins=[count])
    return int(code), count.passed


run
