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


def _spread(seed):
    return [((i * 37 + seed) % 101 - 50) / 16.0 for i in range(2000)]


def test_what_is_left_out_comes_later():
    compressor = ta.GradientCompressor({"w": (40, 50), "b": (3,)}, ratio=0.1, seed=3)
    gradients = {"w": ta.array(_spread(1)).reshape(40, 50), "b": [1.0, -2.0, 0.5]}
    sent = [0.0] * 2000
    rounds = 60
    for _ in range(rounds):
        message = compressor.compress(gradients)
        assert len(message) < 1000
        merged = ta.merge_gradients([message])
        assert merged["w"].shape == (40, 50)
        sent = [s + g for s, g in zip(sent, merged["w"].reshape(2000).tolist(), strict=True)]
    mean_error = sum(abs(s / rounds - g) for s, g in zip(sent, _spread(1), strict=True)) / 2000
    assert mean_error < 0.25  # of magnitudes around 1.6, each a tenth of the time


def test_a_merge_is_the_mean_of_the_workers():
    messages = []
    for seed in (1, 2):
        compressor = ta.GradientCompressor({"w": (2000,)}, ratio=0.2, seed=seed)
        messages.append(compressor.compress({"w": _spread(seed)}))
    both = ta.merge_gradients(messages)["w"].tolist()
    one, two = (ta.merge_gradients([m])["w"].tolist() for m in messages)
    assert both == pytest.approx([(a + b) / 2 for a, b in zip(one, two, strict=True)], abs=1e-6)


def test_the_report_has_bytes_cosine_and_error():
    gradients = {"w": _spread(1)}
    message = ta.GradientCompressor({"w": (2000,)}, ratio=0.1).compress(gradients)
    report = ta.compression_report(message, gradients)
    assert report["original_bytes"] == 8000
    assert report["compressed_bytes"] == len(message) == report["ratio"] * 8000
    assert 0.4 < report["cosine"] < 0.8
    assert report["relative_error"] == pytest.approx((1 - report["cosine"] ** 2) ** 0.5, abs=0.02)


def test_other_bytes_are_refused():
    message = bytearray(ta.GradientCompressor({"w": (8,)}).compress({"w": GRADIENTS}))
    for bad, rule in (
        (message[:10], "expected a header of 24 bytes, got 10"),
        (b"none" + message[4:], "byte 0: expected the magic number TTGR"),
        (message[:-1] + b"\xee", "byte 8: expected the checksum of the rest"),
    ):
        with pytest.raises((ValueError, OSError), match=rule):
            ta.merge_gradients([bytes(bad)])
    with pytest.raises(ValueError, match="messages: expected at least 1, got 0"):
        ta.merge_gradients([])
    with pytest.raises(ValueError, match=r"gradients\[w\]\[1\]: expected a finite number"):
        ta.GradientCompressor({"w": (2,)}).compress({"w": [1.0, float("inf")]})


def test_an_accumulator_is_right_on_average():
    total = [0.0] * 8
    for seed in range(400):
        accumulator = ta.TernaryAccumulator(8, seed=seed)
        accumulator.add(GRADIENTS)
        accumulator.add(GRADIENTS)
        total = [t + s / 400 for t, s in zip(total, accumulator.sum(), strict=True)]
    bound = 4 * 8 / 400**0.5  # four standard errors of a sum that is 8 or 0
    assert total == pytest.approx([2 * g for g in GRADIENTS], abs=bound)
    assert ta.TernaryAccumulator(1_000_000).nbytes < 270_000
    with pytest.raises(ValueError, match="x: expected 8 elements, got 7"):
        accumulator.add(GRADIENTS[:7])
