"""The notebooks run from top to bottom: on CPython, and those without other packages on GraalPy."""

import os
import re

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from conftest import ROOT, START_SECONDS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELL_SECONDS = 120
#: What the texts of a notebook have to say, and how many pictures there are.
EXPECTED = {
    "1_quick_start": (
        1,
        ["parameters, 240 steps", r"loss from 5\.\d+ to 0\.[01]", "To be, or not"],
    ),
    "2_bitlinear_and_packing": (2, [r"64 +0\.4\d+ +0\.4\d+ +12\.8x", r"tq2_0 +4,224", "True"]),
    "4_qlora": (
        1,
        [
            r"394,496 bytes become 56,576",
            r"trainable params: 17,408",
            r"with it:    Der Hund lag vor der",
            r"without it: The cat sat on the mat",
            r"the same logits: True",
        ],
    ),
    "3_hypervectors": (1, [r"its colour +0\.3", r"\('Rome', 0\.\d+\)", r"8\d\.\d% of 797 digits"]),
    "4_hybrid": (
        1,
        [
            r"plain: 120 steps, held-out loss [23]\.\d+",
            r"hybrid: \d+ steps, held-out loss [23]\.\d+",
            r"predict +\d+ steps",
            "'kind': 'BATCH'",
        ],
    ),
}


def contents(notebook):
    """All text that was shown, and the pictures by type; fails on an error."""
    text, pictures = "", []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error", output["traceback"]
            text += output.get("text", "")
            data = output.get("data", {})
            text += data.get("text/plain", "") + "\n"
            pictures += [kind for kind in data if kind.startswith("image/")]
    return text, pictures


def check(path, notebook, picture):
    text, pictures = contents(notebook)
    count, patterns = EXPECTED[path.stem]
    assert pictures == [picture] * count
    for pattern in patterns:
        assert re.search(pattern, text), f"{pattern}: not in\n{text}"


def execute(path, kernel, specs=None):
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell["outputs"] = []
    client = NotebookClient(
        notebook,
        kernel_name=kernel,
        timeout=CELL_SECONDS,
        startup_timeout=START_SECONDS,
        resources={"metadata": {"path": str(path.parent)}},
    )
    if specs is not None:
        client.create_kernel_manager()
        client.km.kernel_spec_manager = specs
    client.execute()
    return notebook


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


def test_every_notebook_is_expected():
    assert [path.stem for path in NOTEBOOKS] == sorted(EXPECTED)


@named(NOTEBOOKS)
def test_the_outputs_in_the_repository_are_whole(path):
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    check(path, notebook, "image/png")


@named(NOTEBOOKS)
def test_it_runs_on_cpython(path, monkeypatch):
    folders = [str(ROOT / "python/src"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, folders)))
    check(path, execute(path, "python3"), "image/png")


@named([path for path in NOTEBOOKS if "numpy" not in path.read_text(encoding="utf-8")])
def test_it_runs_on_graalpy(path, kernel_specs):
    specs = KernelSpecManager(kernel_dirs=[kernel_specs])
    check(path, execute(path, "tritter", specs), "image/svg+xml")
