import pytest

import tritter_accel as ta

SHORT = {"warmup_steps": 2, "full_steps": 1, "predict_steps": 3, "correct_every": 2}


def trainer(**options):
    return ta.create_trainer([("w", (2, 2)), ("b", [2])], **(SHORT | options))


def gradients(step=0):
    return {"b": [1.0, 0.5 * step], "w": [[1.0, 2.0], [3.0, 0.25 * step]]}


def test_the_published_run(peer):
    for run in peer["trainer"]:
        published = ta.create_trainer([("w", run["shape"])], **run["config"], history_window=8)
        for expected in run["steps"]:
            result = ta.trainer_step(published, {"w": expected["grad"]}, expected["loss"])
            for key in ("phase", "needs_backward", "total_step", "cycle"):
                assert result[key] == expected[key], (key, expected["step"])
            for key in ("speedup", "mean_prediction_error"):
                assert result[key] == pytest.approx(expected[key], abs=1e-4)
            compare(result["predicted_gradients"], expected["predicted"])
        stats = ta.trainer_get_stats(published)
        assert stats == pytest.approx(run["stats"], abs=1e-4)
        assert ta.trainer_get_phase(published) == run["phase"]
        assert set(result) >= set(run["keys"])


def compare(predicted, expected):
    if expected is None:
        assert predicted is None
        return
    for row, numbers in zip(predicted["w"].tolist(), expected, strict=True):
        assert row == pytest.approx(numbers, abs=1e-4)


def test_a_predicted_step_runs_no_backward_pass():
    calls = []
    training = trainer()

    def backward():
        calls.append(training.phase)
        return gradients()

    results = [training.step(backward, 1.0) for _ in range(40)]
    predicted = [r for r in results if r["phase"] == "PREDICT"]
    assert len(predicted) > 10
    assert len(calls) == 40 - len(predicted)
    assert all(r["predicted_gradients"]["w"].shape == (2, 2) for r in predicted)
    assert all(r["predicted_grads"] is r["predicted_gradients"] for r in results)
    assert training.stats()["predict_steps"] == len(predicted)


def test_every_result_tells_about_the_next_step():
    training = trainer()
    needed = training.needs_backward
    for _ in range(30):
        result = training.step(gradients() if needed else None)
        assert result["needs_backward"] == needed
        needed = result["next_needs_backward"]
        assert needed == training.needs_backward


def test_begin_and_end_make_a_step():
    one, two = trainer(), trainer()
    for step in range(20):
        needed = one.begin_step()
        assert one.begin_step() == needed
        result = one.end_step(gradients(step) if needed else None, 0.5)
        assert result == two.step(gradients(step), 0.5)


def test_a_line_is_extrapolated():
    training = trainer(warmup_steps=4)
    for step in range(40):
        result = training.step({"w": [[step, 1.0], [2.0 * step, 0.0]], "b": [0.5, -step]})
        if result["phase"] == "PREDICT":
            w = result["predicted_gradients"]["w"]
            assert w[0].tolist() == pytest.approx([step, 1.0], rel=1e-3)
            assert w[1, 0] == pytest.approx(2.0 * step, rel=1e-3)


def test_a_state_goes_on_with_the_same_bits():
    one, two = trainer(), trainer()
    for step in range(7):
        one.step(gradients(step), 1.0)
    state = one.state_dict()
    after = [one.step(gradients(step), 1.0) for step in range(7, 20)]
    two.load_state_dict(state)
    assert [two.step(gradients(step), 1.0) for step in range(7, 20)] == after


def test_reset_forgets_everything():
    used, fresh = trainer(), trainer()
    for step in range(9):
        used.step(gradients(step), 3.0)
    ta.trainer_reset(used)
    assert ta.trainer_get_phase(used) == "WARMUP"
    assert used.state_dict() == fresh.state_dict()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "gradients: expected an array for each parameter, got None"),
        ([1.0], "gradients: expected a dict of arrays by name, got list"),
        ({}, "gradients: expected a gradient of 'w', got none"),
        ({"w": [[1, 2], [3, 4]]}, "gradients: expected a gradient of 'b', got none"),
        (gradients() | {"c": [1]}, r"gradients: expected one of \[w, b\], got 'c'"),
        (gradients() | {"b": [1, 2, 3]}, r"gradients\[b\]: expected shape \[2\], got \[3\]"),
        (gradients() | {"b": [1, float("nan")]}, r"gradients\[b\]\[1\]: expected a finite number"),
        (gradients() | {"b": []}, r"gradients\[b\]: expected at least 1 element"),
        (gradients() | {"b": ["a", "b"]}, r"gradients\[b\]: expected float32 numbers"),
    ],
)
def test_wrong_gradients_leave_the_trainer_as_it_was(given, message):
    training = trainer()
    training.step(gradients(1), 1.0)
    before = training.state_dict()
    with pytest.raises(ValueError, match=message):
        training.step(given, 1.0)
    with pytest.raises(ValueError, match=message):
        training.step(lambda: given, 1.0)
    with pytest.raises(ValueError, match="loss: expected a finite number, got NaN"):
        training.step(gradients(), float("nan"))
    assert training.state_dict() == before


def test_an_error_of_the_backward_pass_reaches_the_caller():
    training = trainer()

    def fails():
        raise KeyError("no data")

    with pytest.raises(KeyError, match="no data"):
        training.step(fails)
    assert training.state_dict() == trainer().state_dict()


@pytest.mark.parametrize(
    ("params", "options", "message"),
    [
        ([], {}, "parameters: expected at least 1, got 0"),
        ([("w", (2,)), ("w", (2,))], {}, "parameters: expected names that differ"),
        ([("w", (0,))], {}, "w: expected dimensions of at least 1"),
        (["w"], {}, "params: expected pairs of name and shape, got 'w'"),
        ([("w", (2.5,))], {}, "shape of w: expected an integer, got 2.5"),
        ([("w", (2,))], {"warmup_steps": 0}, "warmup_steps: expected at least 1, got 0"),
        ([("w", (2,))], {"full_steps": 0}, "full_steps: expected at least 1, got 0"),
        ([("w", (2,))], {"predict_steps": -1}, "predict_steps: expected at least 0, got -1"),
        ([("w", (2,))], {"correct_every": 0}, "correct_every: expected at least 1, got 0"),
        ([("w", (2,))], {"warmup_steps": "x"}, "warmup_steps: expected an integer, got 'x'"),
        ([("w", (2,))], {"history_window": 1}, "history_window: expected at least 2, got 1"),
        ([("w", (2,))], {"history_decay": 2}, "history_decay: expected"),
        ([("w", (2,))], {"loss_threshold": 0}, "loss_threshold: expected a positive number"),
    ],
)
def test_wrong_options_are_refused(params, options, message):
    with pytest.raises(ValueError, match=message):
        ta.create_trainer(params, **options)


def test_a_state_of_other_parameters_is_refused():
    training = trainer()
    training.step(gradients(1), 1.0)
    before = training.state_dict()
    with pytest.raises(ValueError, match=r"w: expected shape|expected a tensor"):
        training.load_state_dict(ta.create_trainer([("w", (3,))]).state_dict())
    with pytest.raises(ValueError, match=r"state: expected tensors and numbers, got \[\]"):
        training.load_state_dict({})
    assert training.state_dict() == before
