import pytest

import tritter_accel as ta

WEIGHT = [[1.0, -1.0, 0.0, 0.5], [0.25, 0.25, -0.25, 0.25]]
NAN = float("nan")


def test_the_published_outputs(peer):
    for case in peer["bitlinear"]:
        layer = ta.create_bitlinear(
            case["weight"], case["bias"], case["group_size"], activation_bits=None
        )
        output = ta.bitlinear_forward(layer, case["input"]).tolist()
        for row, expected in zip(output, case["output"], strict=True):
            assert row == pytest.approx(expected, abs=1e-5)
        assert ta.bitlinear_in_features(layer) == case["in"]
        assert ta.bitlinear_out_features(layer) == case["out"]
        assert ta.bitlinear_sparsity(layer) == pytest.approx(case["sparsity"], abs=1e-6)
        if case["in"] % 32 == 0:  # the peer stores whole words
            ratio = ta.bitlinear_compression_ratio(layer)
            assert ratio == pytest.approx(case["compression_ratio"], rel=1e-6)


def test_integer_activations_are_close_to_float_ones():
    x = [[0.5, -1.0, 0.25, 1.0]]
    exact = ta.create_bitlinear(WEIGHT, activation_bits=None)(x)
    rounded = ta.create_bitlinear(WEIGHT)(x)
    assert rounded.tolist()[0] == pytest.approx(exact.tolist()[0], abs=4 * 0.5 / 127)
    assert rounded != exact


def test_any_number_of_leading_dimensions():
    layer = ta.create_bitlinear(WEIGHT, bias=[1.0, 2.0], activation_bits=None)
    x = [[[1.0, 2.0, 3.0, 4.0]] * 3] * 2
    y = layer(x)
    assert y.shape == (2, 3, 2)
    assert y[1, 2] == layer(x[0][0])
    assert layer(x[0][0]).shape == (2,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weight": [1.0, 2.0]}, r"weight: expected 2 dimensions, got shape \[2\]"),
        ({"weight": []}, r"weight: expected 2 dimensions"),
        ({"weight": [[]]}, r"weight: expected at least 1 element, got shape \[1, 0\]"),
        ({"weight": [[1.0, NAN]]}, "weight: expected finite numbers, got NaN at row 0, column 1"),
        ({"weight": [["a"]]}, "weight: expected float32 numbers"),
        ({"bias": [1.0]}, "bias: expected 2 elements"),
        ({"bias": [1.0, NAN]}, "bias: expected finite numbers"),
        ({"group_size": 0}, "group_size: expected at least 1, got 0"),
        ({"group_size": "a"}, "group_size: expected an integer, got 'a'"),
        ({"activation_bits": 1}, "activation_bits: expected at least 2, got 1"),
        ({"activation_bits": 9}, "activationBits: expected 2 to 8"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ta.create_bitlinear(**({"weight": WEIGHT} | arguments))


def test_an_input_of_another_width_is_refused():
    layer = ta.create_bitlinear(WEIGHT)
    with pytest.raises(ValueError, match=r"input: expected shape \[..., 4\], got \[1, 3\]"):
        layer([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="input: expected at least 1 element"):
        layer([])
