"""Checks what the demo left: run by .ci/run through `tritter python`."""

import json
import math
import sys
from pathlib import Path

import tritter_accel as ta

out = Path(sys.argv[1])
lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
steps = [line for line in lines if "phase" in line]
held_out = lines[-1]
assert len(steps) >= 5, f"steps: expected at least 5, got {len(steps)}"
assert {step["phase"] for step in steps} <= {"WARMUP", "FULL", "PREDICT", "CORRECT"}
losses = [step["loss"] for step in steps if step.get("loss") is not None]
assert losses[-1] < losses[0] - 0.5, f"loss: expected to fall by 0.5, got {losses[0]} to {losses[-1]}"
assert math.isfinite(held_out["loss"]) and held_out["loss"] < losses[0] - 0.5
assert (out / "loss.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
model = ta.Model.from_pretrained(out / "model")
assert model.size_bytes < model.parameter_count, "packed: expected less than a byte a weight"
text = model.generate("import ", 20, seed=1)
assert len(text.encode()) >= 20
print(f"demo: {len(steps)} steps, loss {losses[0]:.3f} to {losses[-1]:.3f}, held out {held_out['loss']:.3f}; its model writes {text!r}")
