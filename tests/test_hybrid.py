"""`HybridTrainer`: of our model, and of models that are not ours."""

import pytest

import tritter_accel as ta

OPENING = {"kind": "batch", "steps": 4, "strengths": [0.25, 0.5]}
TRYING = {
    "preset": "safe",
    "warmup_steps": 3,
    "full_steps": 4,
    "recovery_steps": 2,
    "lengths": [3],
    "confidence": 1e-9,
    "trying_share": 0.5,
    "rejections": 100,
}


def model():
    return ta.Model(hidden_size=8, intermediate_size=12, layers=2, heads=2, context=8, seed=3)


def batch(step):
    rows = [[(step * 7 + i * 5 + j * (i + 2)) % 31 for j in range(9)] for i in range(4)]
    return [row[:-1] for row in rows], [row[1:] for row in rows]


class Counted:
    """Numbers of batches, one after another, that a rollback puts back."""

    def __init__(self):
        self.next = 0

    def __call__(self):
        self.next += 1
        return batch(self.next % 5)

    def snapshot(self):
        return self.next

    def restore(self, number):
        self.next = number


def run(kinds, steps, *, parts=False, **settings):
    trained, data = model(), Counted()

    def make():
        return ta.HybridTrainer(
            trained,
            ta.NAdam(trained),
            probe=batch(0),
            snapshot=data.snapshot,
            restore=data.restore,
            **(TRYING | {"kinds": kinds} | settings),
        )

    trainer, results = make(), []
    for _ in range(steps):
        if parts:
            state = trainer.state_dict()
            trainer = make()
            trainer.load_state_dict(state)
        results.append(trainer.step(data, learning_rate=0.015625))
    return trained, trainer, results


def weights(trained):
    return {name: array.tolist() for name, array in trained.parameters.items()}


def test_an_opening_runs_parts_of_the_batches():
    _, trainer, results = run([], 12, opening=OPENING)
    assert [r["cost"] for r in results] == [1, 1, 1, 0.25, 0.25, 0.5, 0.5, 1, 1, 1, 1, 1]
    assert [r["phase"] for r in results[2:9]] == ["WARMUP", *["PREDICT"] * 4, *["CORRECT"] * 2]
    stats = trainer.stats()
    assert stats["predict_steps"] == 4
    assert stats["full_seconds"] > 0
    assert 0 < stats["overhead"] < 1


@pytest.mark.parametrize("new", [True, False])
def test_a_preset_opens_with_a_part_of_the_layers_only_if_the_model_is_new(new):
    trained, data = model(), Counted()
    trainer = ta.HybridTrainer(trained, ta.CautiousAdamW(trained), total_steps=50, from_scratch=new)
    steps = [trainer.step(data, learning_rate=0.015625) for _ in range(39)]
    opening = [step["kind"] for step in steps if step["predicted"]]
    assert set(opening) == ({"SHALLOW"} if new else {"BATCH"})
    assert len(opening) == (38 if new else 20)
    one, two = (weights(trained)[f"model.layers.{i}.mlp.down_proj.weight"] for i in (0, 1))
    assert (one == two) == new


def test_forecasts_are_worth_what_the_stats_say():
    _, trainer, _ = run(["batch"], 60)
    assert trainer.stats()["forecasts"] == []
    _, trainer, results = run(["batch"], 60, forecast=True, full_steps=8)
    assert any(r["kind"] == "BATCH" for r in results)
    forecasts = trainer.stats()["forecasts"]
    assert {f["kind"] for f in forecasts} == {"OFF", "BATCH"}
    assert [f["steps"] for f in forecasts if f["kind"] == "OFF"][:2] == [4, 8]
    for f in forecasts:
        assert f["compared"] > 0
        assert all(f[name] > 0 for name in ("forecast", "last_value", "line"))


@pytest.mark.parametrize("kind", ["batch", "context", "shallow", "embeddings", "coasting"])
def test_a_run_in_parts_has_the_bits_of_one_in_one_go(kind):
    whole, trainer, results = run([kind], 50)
    parts, _, _ = run([kind], 50, parts=True)
    assert weights(whole) == weights(parts)
    predicted = [r for r in results if r["predicted"]]
    assert {r["kind"] for r in predicted} == {kind.upper()}
    assert sum(r["verdict"] != "NONE" for r in results) == trainer.stats()["tries"] > 0
    assert results[-1]["loss"] < results[0]["loss"]


def test_a_step_without_a_pass_draws_no_batch():
    trained, data = model(), Counted()
    settings = TRYING | {"kinds": ["coasting"]}
    trainer = ta.HybridTrainer(trained, ta.AdamW(trained), **settings)
    jumps = 0
    for _ in range(60):
        drawn, needed, before = data.next, trainer.needs_batch, weights(trained)
        result = trainer.step(data, learning_rate=0.015625)
        assert data.next == drawn + needed
        if not needed:
            jumps += 1
            assert result["kind"] == "COASTING"
            assert result["loss"] != result["loss"]
            assert weights(trained) != before
    assert jumps > 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"warmup_steps": 0}, "warmup_steps: expected at least 1, got 0"),
        ({"warmup_step": 3}, "warmup_step: expected 'warmup_steps', got no such key"),
        ({"kinds": ["bach"]}, "kinds: expected one of"),
        ({"max_norm": 0.0}, "clip_norm: expected a positive number"),
        ({"snapshot": lambda: 1}, "snapshot: expected restore with it"),
    ],
)
def test_what_does_not_fit_is_refused(settings, message):
    trained = model()
    optimizer = ta.AdamW(trained)
    with pytest.raises(ValueError, match=message):
        ta.HybridTrainer(trained, optimizer, **settings)


class Line:
    """Least squares of y = 2 x - 1, in Python, with single steps that can be spoilt."""

    def __init__(self):
        self.weights = {"slope": ta.array([0.0, 0.0]), "offset": ta.array([0.0])}
        self.passes, self.restored, self.spoil = 0, 0, False

    def forward_backward(self, numbers, effort):
        self.passes += 1
        used = numbers[: effort.of(effort.batch, len(numbers))]
        loss, slope, offset = 0.0, 0.0, 0.0
        for x in used:
            error = x * self.weights["slope"][0] + self.weights["offset"][0] - 2 * x + 1
            loss += error * error / len(used)
            slope += 2 * error * x / len(used)
            offset += 2 * error / len(used)
        gradients = {"offset": ta.array([offset]), "slope": ta.array([slope, 0.0])}
        return (float("nan") if self.spoil else loss), gradients

    def apply_delta(self, deltas):
        for name, delta in deltas.items():
            for i in range(delta.size):
                self.weights[name][i] = self.weights[name][i] + delta[i]

    def snapshot(self):
        return {name: array.tolist() for name, array in self.weights.items()}

    def restore(self, saved):
        self.restored += 1
        for name, values in saved.items():
            for i, value in enumerate(values):
                self.weights[name][i] = value

    def trainer(self, **settings):
        return ta.HybridTrainer.of_callables(
            self.weights,
            self.forward_backward,
            self.apply_delta,
            self.snapshot,
            self.restore,
            **(TRYING | settings),
        )


NUMBERS = [0.5, -1.0, 2.0, 1.5]


@pytest.mark.parametrize("kind", ["batch", "coasting", "displacement", "linear"])
@pytest.mark.parametrize("optimizer", ["cautious", {"kind": "nadam", "beta1": 0.5}])
def test_a_model_of_callables_learns(kind, optimizer):
    line = Line()
    trainer = line.trainer(kinds=[kind], optimizer=optimizer)
    predicted, moved = 0, 0
    for _ in range(150):
        passes, before = line.passes, line.snapshot()
        step = trainer.step(NUMBERS, learning_rate=0.0625)
        jumps = step["predicted"] and kind != "batch"
        assert line.passes == passes + (not jumps)
        predicted += step["predicted"]
        moved += step["predicted"] and line.snapshot() != before
    assert predicted > 3
    assert moved > 0
    assert line.weights["slope"].tolist() == pytest.approx([2.0, 0.0], abs=0.1)
    assert line.weights["offset"].tolist() == pytest.approx([-1.0], abs=0.1)
    # the weights that the trainer keeps are those of the model, to the bit
    tensors = trainer.state_dict()["tensors"]
    assert tensors["weights.slope"].tolist() == line.weights["slope"].tolist()


def test_what_harms_is_put_back_by_the_callables():
    line = Line()
    trainer = line.trainer(kinds=["coasting"])
    while trainer.phase != "PREDICT":
        trainer.step(NUMBERS, learning_rate=0.0625)
    before = line.snapshot()
    while trainer.phase == "PREDICT":
        trainer.step(NUMBERS, learning_rate=0.0625)
    assert line.snapshot() != before
    line.spoil = True
    step = trainer.step(NUMBERS, learning_rate=0.0625)
    assert (step["verdict"], step["divergence"]) == ("ROLLED_BACK", "CRITICAL")
    assert (line.snapshot(), line.restored) == (before, 1)
    with pytest.raises(ValueError, match="expected a finite loss"):
        trainer.step(NUMBERS, learning_rate=0.0625)
    assert line.snapshot() == before


def test_a_saved_attempt_of_callables_goes_back_elsewhere():
    line = Line()
    trainer = line.trainer(kinds=["coasting"])
    while trainer.phase != "PREDICT":
        trainer.step(NUMBERS, learning_rate=0.0625)
    before = line.snapshot()
    while trainer.phase == "PREDICT":
        trainer.step(NUMBERS, learning_rate=0.0625)
    state = trainer.state_dict()
    other = Line()
    other.restore(line.snapshot())
    loaded = other.trainer(kinds=["coasting"])
    loaded.load_state_dict(state)
    other.spoil = True
    assert loaded.step(NUMBERS, learning_rate=0.0625)["verdict"] == "ROLLED_BACK"
    assert other.snapshot() == before


def test_a_missing_gradient_is_named():
    line = Line()
    trainer = line.trainer(kinds=[])
    trainer._forward_backward = lambda numbers, effort: (1.0, {"slope": [0.0, 0.0]})
    with pytest.raises(ValueError, match="gradients: expected a gradient of 'offset', got none"):
        trainer.step(NUMBERS, learning_rate=0.5)
    with pytest.raises(ValueError, match="batch: expected a batch in phase WARMUP"):
        trainer.step(learning_rate=0.5)


def test_a_pytorch_model_learns_with_cheap_steps():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    x = torch.randn(64, 3)
    y = (x[:, :1] * x[:, 1:2]).detach()
    sizes = []

    def forward_backward(batch, effort):
        inputs, targets = (t[: effort.of(effort.batch, len(t))] for t in batch)
        sizes.append(len(inputs))
        net.zero_grad()
        loss = torch.nn.functional.mse_loss(net(inputs), targets)
        loss.backward()
        return loss.item(), {name: p.grad.numpy() for name, p in net.named_parameters()}

    def apply_delta(deltas):
        with torch.no_grad():
            for name, p in net.named_parameters():
                p += torch.from_numpy(deltas[name])

    def snapshot():
        saved = {name: p.clone() for name, p in net.state_dict().items()}
        return saved, torch.get_rng_state()

    def restore(saved):
        net.load_state_dict(saved[0])
        torch.set_rng_state(saved[1])

    parameters = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    trainer = ta.HybridTrainer.of_callables(
        parameters,
        forward_backward,
        apply_delta,
        snapshot,
        restore,
        **(TRYING | {"kinds": ["batch", "displacement"]}),
    )
    steps = [trainer.step((x, y), learning_rate=0.015625) for _ in range(200)]
    assert steps[-1]["loss"] < 0.3 * steps[0]["loss"]
    assert set(sizes) == {32, 64}
    assert trainer.stats()["tries"] > 3
    weights = trainer.state_dict()["tensors"]
    for name, p in net.named_parameters():
        assert weights[f"weights.{name}"].tolist() == p.tolist()
