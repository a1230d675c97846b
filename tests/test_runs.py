"""Training runs from Python; TensorBoard reads what they write."""

import json
import math

import pytest

import tritter_accel as ta


@pytest.fixture
def run_file(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("a line of a text that is long enough\n" * 2000, encoding="utf-8")
    path = tmp_path / "run.yaml"
    path.write_text(
        f"""
model: {{hidden_size: 16, intermediate_size: 24, layers: 1, heads: 2, context: 16}}
data:
  sources: [{{path: "{text.as_posix()}"}}]
  hold_out_every: 2
  batch: 2
  context: 16
training: {{steps: 8}}
evaluation: {{every: 4, batches: 2}}
checkpoints: {{every: 4}}
output: "{(tmp_path / "out").as_posix()}"
""",
        encoding="utf-8",
    )
    return path


def test_a_run_trains_to_its_limit_and_goes_on_with_another(run_file, tmp_path, capsys):
    first = ta.train_run(run_file)
    assert (first["steps"], first["tokens"], first["finished"]) == (8, 8 * 32, True)
    assert first["end"] == "all steps"
    assert math.isfinite(first["held_out_loss"])
    shown = capsys.readouterr().err
    assert "held-out loss" in shown
    assert "100%" in shown
    more = ta.train_run(run_file, {"training.steps": 12}, resume=True, progress=False)
    assert more["steps"] == 12
    assert capsys.readouterr().err == ""
    model = ta.Model.from_pretrained(more["model"])
    assert len(model.generate("a line", 4)) >= 4
    lines = (tmp_path / "out" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [m["step"] for m in map(json.loads, lines) if m["kind"] == "step"] == list(range(12))


def test_a_run_is_described_and_refused_with_line_and_key(run_file):
    assert "8 steps, 32 tokens a step" in ta.validate_run(run_file)
    with pytest.raises(ValueError, match=r"training\.stepz: expected 'steps', got no such key"):
        ta.validate_run(run_file, {"training.stepz": 1})
    with pytest.raises(ValueError, match="context: expected at most"):
        ta.validate_run(run_file, {"data.context": 64})
    ta.train_run(run_file, progress=False)
    with pytest.raises(ValueError, match="directory without checkpoints"):
        ta.train_run(run_file, progress=False)
    with pytest.raises(ValueError, match="preset: expected one of"):
        ta.run_template("dem")


def test_weights_of_bfloat16_are_rounded_and_learn(run_file, tmp_path):
    settings = {"training.precision": "bfloat16", "model.weights": "dense", "training.steps": 40}
    summary = ta.train_run(run_file, settings, progress=False)
    steps = (tmp_path / "out" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    losses = [m["loss"] for m in map(json.loads, steps) if m["kind"] == "step"]
    assert losses[-1] < losses[0]
    shapes = ta.Model.from_pretrained(summary["model"]).parameter_shapes()
    assert shapes


def test_tensorboard_reads_the_event_file(run_file, tmp_path):
    accumulators = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator",
        reason="TensorBoard is not installed",
    )
    ta.train_run(run_file, progress=False)
    ta.train_run(run_file, {"training.steps": 12}, resume=True, progress=False)
    events = accumulators.EventAccumulator(str(tmp_path / "out"))
    events.Reload()
    assert "train/loss" in events.Tags()["scalars"]
    lines = (tmp_path / "out" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    steps = {m["step"] + 1: m["loss"] for m in map(json.loads, lines) if m["kind"] == "step"}
    read = {event.step: event.value for event in events.Scalars("train/loss")}
    assert read == pytest.approx(steps)
    assert [event.step for event in events.Scalars("held_out/loss")] == [4, 8, 12]
