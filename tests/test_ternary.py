import array

import pytest

import tritter_accel as ta

TRITS = [[1, 0, -1, 1, 1], [0, -1, 0, 0, -1]]
PACKED = bytes([0b01100001, 0b01, 0b00001000, 0b10])
SCALES = [0.5, 2.0]
WEIGHTS = [[0.5, 0.0, -0.5, 0.5, 0.5], [0.0, -2.0, 0.0, 0.0, -2.0]]


def test_the_published_results(peer):
    for case in peer["quantize_weights_absmean"]:
        trits, scales = ta.quantize_weights_absmean(case["weights"])
        assert trits == case["ternary"]
        assert (trits.dtype, scales.dtype) == (case["ternary_dtype"], case["scales_dtype"])
        assert scales.tolist() == pytest.approx(case["scales"], rel=1e-6)
        packed, same = ta.pack_ternary_weights(trits, scales)
        assert packed == case["packed"]
        assert packed.dtype == case["packed_dtype"]
        assert same == scales
        unpacked = ta.unpack_ternary_weights(packed, scales, trits.shape)
        for row, expected in zip(unpacked.tolist(), case["unpacked"], strict=True):
            assert row == pytest.approx(expected, rel=1e-6)
        product = ta.ternary_matmul(case["matmul_input"], packed, scales, trits.shape)
        for row, expected in zip(product.tolist(), case["ternary_matmul"], strict=True):
            assert row == pytest.approx(expected, abs=1e-5)


def test_each_row_starts_on_a_byte():
    packed, scales = ta.pack_ternary_weights(TRITS, SCALES)
    assert packed.tobytes() == PACKED
    assert ta.unpack_ternary_weights(packed, scales, (2, 5)) == WEIGHTS


@pytest.mark.parametrize("kind", [bytes, bytearray, list, lambda b: array.array("B", b)])
def test_packed_trits_of_any_kind(kind):
    assert ta.unpack_ternary_weights(kind(PACKED), SCALES, (2, 5)) == WEIGHTS


def test_the_product_is_that_of_the_weights():
    x = [[1.0, 2.0, 3.0, 4.0, 5.0]]
    assert ta.ternary_matmul(x, PACKED, SCALES, (2, 5)) == [[3.5, -14.0]]
    rounded = ta.ternary_matmul(x, PACKED, SCALES, (2, 5), activation_bits=8)
    assert rounded.tolist()[0] == pytest.approx([3.5, -14.0], abs=2 * 5 * 0.5 * 5 / 127)


@pytest.mark.parametrize(
    ("trits", "message"),
    [
        ([[1, 0.5]], "trits: expected -1, 0 or 1, got 0.5 at row 0, column 1"),
        ([[1, float("nan")]], "trits: expected -1, 0 or 1, got NaN"),
        ([1, 0], "weights: expected 2 dimensions"),
        ([[1, 0], [1, 0]], "scales: expected 2 numbers, one a row, got 1"),
    ],
)
def test_packing_takes_exact_trits_only(trits, message):
    with pytest.raises(ValueError, match=message):
        ta.pack_ternary_weights(trits, [1.0])


@pytest.mark.parametrize(
    ("packed", "shape", "message"),
    [
        (bytes([0b11]), (1, 4), "packed: expected codes 00, 01 and 10, got 11 at row 0, column 0"),
        (bytes([0b01]), (1, 5), "packed: expected 2 bytes for 1 rows of 5 trits, got 1"),
        (bytes([0b00010000]), (1, 2), "packed: expected zeros behind the last column"),
        (bytes([1]), (4,), r"shape: expected 2 dimensions, got \[4\]"),
        (bytes([1]), (1, 0), "shape: expected at least 1, got 0"),
        ([1.5], (1, 4), "packed: expected uint8 numbers"),
        (array.array("f", [1]), (1, 4), "packed: expected dtype uint8, got float32"),
    ],
)
def test_packed_trits_are_checked(packed, shape, message):
    with pytest.raises(ValueError, match=message):
        ta.unpack_ternary_weights(packed, [1.0], shape)
    with pytest.raises(ValueError, match=message):
        ta.ternary_matmul([[1.0] * shape[-1] or [1.0]], packed, [1.0], shape)


def test_wrong_weights_are_refused():
    with pytest.raises(ValueError, match="weights: expected finite numbers, got Infinity"):
        ta.quantize_weights_absmean([[1.0, float("inf")]])
    with pytest.raises(ValueError, match=r"input: expected shape \[..., 5\], got \[1, 4\]"):
        ta.ternary_matmul([[1.0, 2.0, 3.0, 4.0]], PACKED, SCALES, (2, 5))
