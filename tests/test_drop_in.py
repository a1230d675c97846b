"""Scripts written for the published module: calls by position and by keyword, in its style.

Each case is a function, its arguments by name in the order of the API, and what comes back:
(dtype, shape) for an array, a type for another value. How many may go by position is checked too.
"""

import inspect

import pytest

import tritter_accel as ta

WEIGHT = [[1.0, -1.0, 0.0, 0.5, 0.25]] * 3
PACKED = bytes([97, 1])  # 1 0 -1 1 1
TRITS = [1, 0, -1, 1, 1]


def layer():
    return ta.create_bitlinear(WEIGHT)


def trainer():
    return ta.create_trainer([("w", (2, 3))], 1, 1, 2, 2)


CASES = [
    ("version", {}, str),
    ("cuda_available", {}, bool),
    ("set_device", {"device": "cpu"}, type(None)),
    ("get_device", {}, str),
    ("create_bitlinear", {"weight": WEIGHT, "bias": [1.0] * 3, "group_size": 4}, ta.BitLinear),
    ("bitlinear_forward", {"layer": layer, "input": [[1.0] * 5] * 2}, ("float32", (2, 3))),
    ("bitlinear_compression_ratio", {"layer": layer}, float),
    ("bitlinear_sparsity", {"layer": layer}, float),
    ("bitlinear_in_features", {"layer": layer}, int),
    ("bitlinear_out_features", {"layer": layer}, int),
    ("quantize_weights_absmean", {"weights": WEIGHT}, [("float32", (3, 5)), ("float32", (3,))]),
    (
        "pack_ternary_weights",
        {"weights": [TRITS] * 3, "scales": [1.0] * 3},
        [("uint8", (6,)), ("float32", (3,))],
    ),
    (
        "unpack_ternary_weights",
        {"packed": PACKED, "scales": [0.5], "shape": (1, 5)},
        ("float32", (1, 5)),
    ),
    (
        "ternary_matmul",
        {"input": [[1.0] * 5] * 2, "packed": PACKED, "scales": [0.5], "shape": (1, 5)},
        ("float32", (2, 1)),
    ),
    (
        "create_trainer",
        {
            "params": [("w", (2, 3))],
            "warmup_steps": 3,
            "full_steps": 2,
            "predict_steps": 4,
            "correct_every": 2,
        },
        ta.Trainer,
    ),
    ("trainer_step", {"trainer": trainer, "gradients": {"w": [[1.0] * 3] * 2}, "loss": 0.5}, dict),
    ("trainer_get_phase", {"trainer": trainer}, str),
    ("trainer_get_stats", {"trainer": trainer}, dict),
    ("trainer_reset", {"trainer": trainer}, type(None)),
    (
        "compress_gradients_vsa",
        {"gradients": [1.0] * 8, "compression_ratio": 0.5, "seed": 7},
        [("float32", (4,)), int],
    ),
    (
        "decompress_gradients_vsa",
        {"compressed": [1.0] * 4, "original_dim": 8, "seed": 7},
        ("float32", (8,)),
    ),
    ("vsa_bind", {"a": TRITS, "b": TRITS, "device": "auto"}, ("int8", (5,))),
    ("vsa_unbind", {"a": TRITS, "b": TRITS, "device": "cpu"}, ("int8", (5,))),
    ("vsa_bundle", {"vectors": [TRITS] * 3, "device": "auto"}, ("int8", (5,))),
    ("vsa_similarity", {"a": TRITS, "b": TRITS, "metric": "cosine", "device": "auto"}, float),
    ("vsa_random", {"dim": 5, "seed": 7, "device": "auto"}, ("int8", (5,))),
]
DEFAULTS = {
    "create_bitlinear": {"bias": None, "group_size": 64},
    "create_trainer": {
        "warmup_steps": 10,
        "full_steps": 5,
        "predict_steps": 20,
        "correct_every": 5,
    },
    "trainer_step": {"gradients": None, "loss": 0.0},
    "vsa_similarity": {"metric": "cosine", "device": "auto"},
}
KEYWORD_ONLY = {
    "create_bitlinear": {"activation_bits": 8},
    "ternary_matmul": {"activation_bits": None},
}


def described(value):
    if isinstance(value, tuple):
        return [described(part) for part in value]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return str(value.dtype), tuple(value.shape)
    return type(value)


@pytest.mark.parametrize(
    ("name", "arguments", "result"), [pytest.param(*c, id=c[0]) for c in CASES]
)
def test_calls_by_position_and_by_keyword(name, arguments, result):
    for call in (
        lambda values: getattr(ta, name)(*values.values()),
        lambda values: getattr(ta, name)(**values),
    ):
        made = {n: v() if v in (layer, trainer) else v for n, v in arguments.items()}
        assert described(call(made)) == result


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_names_order_and_defaults_of_arguments(name):
    parameters = inspect.signature(getattr(ta, name)).parameters.values()
    by_position = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in by_position] == list(next(c[1] for c in CASES if c[0] == name))
    found = {p.name: p.default for p in by_position if p.default is not p.empty}
    defaults = {"device": "auto"} if name.startswith("vsa_") else {}
    assert found == DEFAULTS.get(name, defaults)
    only = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    assert KEYWORD_ONLY.get(name, {}).items() <= only.items()


def test_a_step_returns_every_field():
    step = ta.trainer_step(trainer(), {"w": [[1.0] * 3] * 2}, 0.5)
    assert {name: type(value) for name, value in step.items()} == {
        "phase": str,
        "needs_backward": bool,
        "next_needs_backward": bool,
        "total_step": int,
        "cycle": int,
        "predicted_gradients": type(None),
        "predicted_grads": type(None),
        "speedup": float,
        "mean_prediction_error": float,
    }


def test_a_training_loop_in_the_style_of_the_published_module():
    training = ta.create_trainer([("layer.weight", (4, 2))], warmup_steps=2, full_steps=2)
    backward = 0
    for step in range(60):
        if training.needs_backward:
            backward += 1
            gradients = {"layer.weight": [[0.1 * step, 1.0]] * 4}
            result = ta.trainer_step(training, gradients, loss=1.0)
        else:
            result = ta.trainer_step(training, loss=1.0)
            assert result["predicted_gradients"]["layer.weight"].shape == (4, 2)
    assert ta.trainer_get_stats(training)["total_steps"] == 60
    assert backward < 40


@pytest.mark.parametrize("name", ["bind", "unbind", "bundle", "similarity", "random"])
def test_the_names_of_the_design_are_the_same_functions(name):
    assert getattr(ta, f"vsa_{name}_gpu") is getattr(ta, f"vsa_{name}")
