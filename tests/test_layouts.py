import array

import pytest

from tritter_accel import layouts, vsa

#: Rows, and columns that fill the blocks of every layout.
SHAPE = 3, 512


def matrix(rows, cols):
    return vsa.random(rows * cols, 5).reshape(rows, cols)


@pytest.mark.parametrize("layout", ["tq1_0", "tq2_0"])
def test_the_bytes_are_those_of_the_gguf_package(golden, layout):
    case = golden(f"gguf_{layout}")
    values = case["values"]
    scale = max(map(abs, values.reshape(-1)))
    trits = [[round(x / scale) for x in row] for row in values.tolist()]
    raw = layouts.encode(trits, layout, scale=scale)
    assert raw == case["raw"].tobytes()
    again, scales = layouts.decode(case["raw"], values.shape, layout)
    assert (again.dtype, again.shape, again.tolist()) == ("int8", values.shape, trits)
    assert (scales.dtype, scales.shape) == ("float32", (3, 2))
    weights = [
        [trit * scales[r, c // 256] for c, trit in enumerate(row)] for r, row in enumerate(again)
    ]
    assert weights == case["dequantized"].tolist()


@pytest.mark.parametrize("layout", layouts.NAMES)
@pytest.mark.parametrize("kind", [bytes, bytearray, list, lambda raw: array.array("B", raw)])
def test_decode_is_the_inverse_of_encode(layout, kind):
    trits = matrix(*SHAPE)
    raw = layouts.encode(trits, layout, scale=0.5)
    again, scales = layouts.decode(kind(raw), SHAPE, layout)
    assert again == trits
    stored = layout[:2] in ("tq", "i2")
    assert set(scales.reshape(-1)) == {0.5 if stored else 1.0}


def test_one_matrix_in_every_layout_by_hand():
    trits = [[1, 0, -1, 1], [0, -1, -1, 0], [1, 1, 1, 1], [-1, 0, 0, 1]]
    assert layouts.encode(trits, "tritter") == bytes(
        [0b01100001, 0b00101000, 0b01010101, 0b01000010]
    )
    # transformers: bits 2r of byte c hold trit [r, c] + 1.
    assert layouts.encode(trits, "huggingface") == bytes(
        [0b00100110, 0b01100001, 0b01100000, 0b10100110]
    )
    # torchao: two's complement, the first trit in the high bits.
    assert layouts.encode(trits, "torchao") == bytes(
        [0b01001101, 0b00111100, 0b01010101, 0b11000001]
    )


@pytest.mark.parametrize("source", layouts.NAMES)
@pytest.mark.parametrize("target", layouts.NAMES)
def test_convert_is_decode_and_encode(source, target):
    trits = matrix(*SHAPE)
    raw = layouts.encode(trits, source)
    assert layouts.convert(raw, SHAPE, source, target) == layouts.encode(trits, target)


def test_a_scale_for_each_row_or_block():
    trits = matrix(2, 512)
    rows = layouts.encode(trits, "tq2_0", scale=[0.5, 2.0])
    assert layouts.decode(rows, (2, 512), "tq2_0")[1] == [[0.5, 0.5], [2.0, 2.0]]
    blocks = layouts.encode(trits, "tq1_0", scale=[[0.5, 0.25], [2.0, 4.0]])
    assert layouts.decode(blocks, (2, 512), "tq1_0")[1] == [[0.5, 0.25], [2.0, 4.0]]
    assert layouts.convert(blocks, (2, 512), "tq1_0", "tq2_0") == layouts.encode(
        trits, "tq2_0", scale=[[0.5, 0.25], [2.0, 4.0]]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 0.5]], "tritter"), "trits: expected -1, 0 or 1, got 0.5 at row 0, column 1"),
        (([1, 0], "tritter"), "trits: expected 2 dimensions"),
        (([[1, 0]], "gguf"), r"layout: expected one of \[tritter, .*\], got 'gguf'"),
        (([[1, 0]], None), "layout: expected one of tritter, .*, got None"),
        (([[1, 0]], "tq2_0"), "columns: expected .*256.*, got 2"),
        (([[1, -1] * 128], "tq2_0", [1.0, 2.0]), "scales: expected 1.* numbers, got 2"),
        (([[1, -1] * 128], "tq2_0", 1e9), "scales: expected numbers in the range of float16"),
        (([[1, -1] * 128], "tq1_0", float("nan")), "scales: expected finite numbers, got NaN"),
        (([[1] * 128, [-1] * 128], "i2_s", [1.0, 2.0]), "scales: expected one for the matrix"),
    ],
)
def test_what_a_layout_cannot_hold_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        layouts.encode(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (b"a", (1, 5), "tritter"),
            "raw: expected 2 bytes for 1 rows of 5 trits in tritter, got 1",
        ),
        ((b"\x03", (1, 4), "tritter"), r"trit \[0, 0\]: expected a field of 0, 1 or 2, got 3"),
        ((b"\x80", (1, 4), "torchao"), r"trit \[0, 0\]: expected a field of 0, 1 or 3, got 2"),
        ((b"\x03", (1, 1), "huggingface"), r"trit \[0, 0\]: expected a field of 0 to 2, got 3"),
        ((b"a", (4,), "tritter"), r"shape: expected 2 dimensions, got \[4\]"),
        ((b"a", (0, 4), "tritter"), "shape: expected at least 1, got 0"),
        ((b"a", (1, 4), "x"), r"layout: expected one of .*, got 'x'"),
        ((array.array("f", [1]), (1, 4), "tritter"), "raw: expected dtype uint8, got float32"),
    ],
)
def test_bytes_that_no_encoder_writes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        layouts.decode(*arguments)
    with pytest.raises(ValueError, match=message):
        layouts.convert(*arguments, "tritter")


def test_a_shape_that_the_target_cannot_hold_is_refused():
    with pytest.raises(ValueError, match=r"columns: expected .*256.*, got 4"):
        layouts.convert(b"a", (1, 4), "tritter", "tq2_0")
