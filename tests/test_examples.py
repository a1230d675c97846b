import argparse
import doctest
import importlib.util
import json
import math
import re
from pathlib import Path

import pytest

import tritter_accel as ta

ROOT = Path(__file__).parent.parent
TINY = {"hidden_size": 16, "intermediate_size": 24, "layers": 1, "heads": 2}


def example(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def demo(monkeypatch):
    module = example("train_bitnet")
    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(module, "CONTEXT", 8)
    schedule = {"warmup_steps": 2, "full_steps": 2, "predict_steps": 2, "correct_every": 1}
    monkeypatch.setattr(module, "SCHEDULE", schedule)
    return module


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(f"line {i} of a text to learn from\n" for i in range(200)))
    return ta.TextCorpus(path)


class Counting(ta.Model):
    """Counts its backward passes."""

    backward = 0

    def loss_and_gradients(self, ids, targets):
        self.backward += 1
        return super().loss_and_gradients(ids, targets)


def run(demo, text, tmp_path, model, **options):
    args = argparse.Namespace(
        **{"steps": 22, "seconds": 1, "seed": 3, "predict_steps": 2, "quiet": True} | options
    )
    path = tmp_path / "metrics.jsonl"
    with ta.MetricsLog(path) as log:
        counts = demo.train(args, model, text, log)
    return counts, [json.loads(line) for line in path.read_text().splitlines()]


def test_a_predicted_step_of_the_demo_runs_no_backward_pass(demo, text, tmp_path):
    model = Counting(context=8, seed=1, **TINY)
    counts, lines = run(demo, text, tmp_path, model)
    predicted = [line for line in lines if line["predicted"]]
    assert {line["phase"] for line in predicted} == {"PREDICT"}
    assert [line["phase"] for line in lines].count("PREDICT") == len(predicted) >= 5
    assert model.backward == counts["backward"] == 22 - len(predicted)
    assert counts["tokens"] == model.backward * 2 * 8
    assert all(line.get("loss") is None for line in predicted)


def test_the_demo_learns_and_repeats_bit_by_bit(demo, text, tmp_path):
    losses = []
    for _ in range(2):
        model = ta.Model(context=8, seed=1, **TINY)
        before = demo.held_out_loss(model, text)
        run(demo, text, tmp_path, model, steps=60)
        losses.append(demo.held_out_loss(model, text))
        assert losses[-1] < 0.9 * before
        assert demo.held_out_loss(model.pack(), text) == losses[-1]
    assert losses[0] == losses[1]


def test_an_interrupted_demo_leaves_a_usable_model(demo, text, tmp_path, monkeypatch, capsys):
    class Interrupted(ta.Model):
        left = 5

        def loss_and_gradients(self, ids, targets):
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
            return super().loss_and_gradients(ids, targets)

    model = Interrupted(context=8, seed=1, **TINY)
    counts, lines = run(demo, text, tmp_path, model)
    assert counts["steps"] == len(lines) < 22
    assert "interrupted" in capsys.readouterr().out
    model.pack().save_pretrained(tmp_path / "model")
    again = ta.Model.from_pretrained(tmp_path / "model")
    assert math.isfinite(demo.held_out_loss(again, text))


def test_the_demo_refuses_bad_options(demo, capsys):
    for options in (["--seconds", "0"], ["--steps", "0"], ["--predict-steps", "-1"], ["--what"]):
        with pytest.raises(SystemExit) as stop:
            demo.arguments(options)
        assert stop.value.code == 2
    assert "--predict-steps: expected at least 0, got -1" in capsys.readouterr().err


def test_the_python_example_of_the_readme_is_the_one_that_runs(capsys):
    source = (ROOT / "examples" / "hello.py").read_text()
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert source in blocks
    example("hello")
    assert "To be, or not to be" in capsys.readouterr().out


def test_hypervectors_answer_and_tell_languages_apart(capsys):
    module = example("hypervectors")
    symbols = module.Symbols(module.DIM)
    for name, facts in module.COUNTRIES.items():
        assert module.capital(symbols, name) == facts["capital"]
        for other, others in module.COUNTRIES.items():
            found = module.counterpart(symbols, facts["currency"], name, other)
            assert found == others["currency"]
    letters = module.Symbols(module.DIM)
    known = module.languages(letters)
    for sentence, language in module.SENTENCES.items():
        assert known.nearest(module.profile(letters, sentence))[0][0] == language
    module.main()
    assert "dollar of Mexico: peso" in capsys.readouterr().out


def test_a_matrix_has_the_published_size_in_every_layout(capsys):
    example("layouts").main()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    bits = {name: float(bits) for name, bits, *_ in lines}
    assert bits["tritter"] == bits["huggingface"] == bits["torchao"] == 2
    assert bits["tq2_0"] == pytest.approx(66 * 8 / 256, abs=1e-3)
    assert bits["tq1_0"] == pytest.approx(54 * 8 / 256, abs=1e-3)


def test_the_examples_of_the_python_page_run():
    page = ROOT / "docs" / "python.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0


def test_qlora_learns_a_second_text_and_keeps_the_first(capsys):
    example("qlora").main()
    out = capsys.readouterr().out
    first = float(re.search(r"first text: loss (\d+\.\d+)", out)[1])
    before, after = map(float, re.search(r"loss (\d+\.\d+) to (\d+\.\d+)", out).groups())
    assert first < 0.5
    assert after < 0.3 * before
    assert "with the adapter:    ' lag vor der" in out
    assert "without the adapter: ' sat on the mat" in out
    assert "stored and loaded: True" in out
