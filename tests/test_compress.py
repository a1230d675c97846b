import pytest

import tritter_accel as ta

GRADIENTS = [0.5, -2.0, 3.0, 0.25, 1.0, -1.0, 4.0, 0.125]


def test_a_ratio_of_one_loses_nothing():
    compressed, seed = ta.compress_gradients_vsa(GRADIENTS, 1.0, 42)
    assert (compressed.shape, seed) == ((8,), 42)
    assert ta.decompress_gradients_vsa(compressed, 8, seed) == GRADIENTS


def test_the_ratio_is_that_of_the_sizes():
    for ratio, size in ((0.5, 4), (0.25, 2), (0.01, 1)):
        assert ta.compress_gradients_vsa(GRADIENTS, ratio, 1)[0].shape == (size,)


def test_the_estimate_is_unbiased_over_seeds():
    seeds = range(400)
    total = [0.0] * 8
    for seed in seeds:
        estimate = ta.decompress_gradients_vsa(*_swapped(GRADIENTS, 0.5, seed))
        total = [t + e for t, e in zip(total, estimate, strict=True)]
    norm = sum(g * g for g in GRADIENTS) ** 0.5
    bound = 4 * norm / len(seeds) ** 0.5  # four standard errors of a number that shares a sum
    for mean, expected in zip((t / len(seeds) for t in total), GRADIENTS, strict=True):
        assert mean == pytest.approx(expected, abs=bound)


def _swapped(gradients, ratio, seed):
    compressed, seed = ta.compress_gradients_vsa(gradients, ratio, seed)
    return compressed, len(gradients), seed


def test_the_seed_decides():
    first, _ = ta.compress_gradients_vsa(GRADIENTS, 0.5, 1)
    assert ta.compress_gradients_vsa(GRADIENTS, 0.5, 1)[0] == first
    assert ta.compress_gradients_vsa(GRADIENTS, 0.5, 2)[0] != first
    largest = ta.compress_gradients_vsa(GRADIENTS, 0.5, 2**64 - 1)[0]
    assert ta.compress_gradients_vsa(GRADIENTS, 0.5, -1)[0] == largest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 0.5, 1), "gradients: expected at least 1 element"),
        (([1.0, float("nan")], 0.5, 1), r"gradients\[1\]: expected a finite number, got NaN"),
        ((GRADIENTS, 0, 1), "compression_ratio: expected a number above 0 and at most 1, got 0"),
        ((GRADIENTS, 1.5, 1), "compression_ratio: expected a number above 0 and at most 1"),
        ((GRADIENTS, "a", 1), "compression_ratio: expected a number, got 'a'"),
        ((GRADIENTS, 0.5, 1.5), "seed: expected an integer, got 1.5"),
        ((GRADIENTS, 0.5, 2**64), "seed: expected an integer of 64 bits"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ta.compress_gradients_vsa(*arguments)


def test_a_sketch_larger_than_the_gradient_is_refused():
    with pytest.raises(ValueError, match="compressed: expected 1 to 2 numbers, got 3"):
        ta.decompress_gradients_vsa([1.0, 2.0, 3.0], 2, 1)
    with pytest.raises(ValueError, match="original_dim: expected at least 1, got 0"):
        ta.decompress_gradients_vsa([1.0], 0, 1)
