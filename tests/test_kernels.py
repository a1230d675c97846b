import array
import math
import random

import pytest

import tritter_accel as ta
from tritter_accel import kernels

ULP = 2.0**-23  # float32 at 1


def numbers(*shape, seed=1):
    """Numbers of -1 to 1 that float32 holds exactly."""
    draw = random.Random(seed)
    flat = [draw.randrange(-(2**20), 2**20) / 2**20 for _ in range(math.prod(shape))]
    return ta.array(flat).reshape(*shape)


def assert_close(got, wanted, tolerance):
    """The greatest difference is at most the tolerance times the greatest number, or 1."""
    assert (got.shape, got.dtype) == (wanted.shape, "float32")
    flat = wanted.reshape(-1).tolist()
    bound = tolerance * max(1, *map(abs, flat))
    assert got.reshape(-1).tolist() == pytest.approx(flat, rel=0, abs=bound)


# --- the published results ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["causal", "full", "gqa"])
def test_attention_is_that_of_pytorch(golden, name):
    case = golden(f"attention_{name}")
    inputs = case["q"], case["k"], case["v"]
    causal = name != "full"
    # Sums of up to 64 products, and as many again of the probabilities.
    assert_close(kernels.attention(*inputs, causal=causal), case["out"], 64 * ULP)
    gradients = kernels.attention_backward(*inputs, case["dout"], causal=causal)
    for gradient, wanted in zip(gradients, ("dq", "dk", "dv"), strict=True):
        assert_close(gradient, case[wanted], 64 * ULP)


def test_rope_is_that_of_transformers(golden):
    case = golden("rope_half_split")
    assert_close(kernels.rope(case["x"]), case["out"], 8 * ULP)


def test_the_norm_and_the_gate_are_those_of_pytorch(golden):
    case = golden("rms_norm")
    assert_close(kernels.rms_norm(case["x"], case["weight"]), case["out"], 8 * ULP)
    case = golden("swiglu")
    assert_close(kernels.swiglu(case["gate"], case["up"]), case["out"], 8 * ULP)


def test_cross_entropy_is_that_of_pytorch(golden):
    case = golden("cross_entropy")
    assert case["target"].dtype == "int64"
    loss = kernels.cross_entropy(case["logits"], case["target"])
    assert loss == pytest.approx(case["loss"].item(), rel=4 * ULP)


def test_the_recurrent_unit_is_that_of_pytorch(golden):
    case = golden("gru")
    names = ["x", "h0", "w_ih", "w_hh", "b_ih", "b_hh"]
    arguments = [case[name] for name in names]
    assert_close(kernels.gru(*arguments), case["out"], 16 * ULP)
    gradients = kernels.gru_backward(*arguments, case["dout"])
    for name, gradient in zip(names, gradients, strict=True):
        assert_close(gradient, case[f"d{name}"], 64 * ULP)


# --- what they compute -------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "cols", "inner"), [(1, 1, 1), (3, 17, 7), (16, 5, 65)])
@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_a_product_is_its_sum(rows, cols, inner, transpose_a, transpose_b):
    a = numbers(*((inner, rows) if transpose_a else (rows, inner)))
    b = numbers(*((cols, inner) if transpose_b else (inner, cols)), seed=2)
    got = kernels.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    wanted = [
        math.fsum(
            (a[k, i] if transpose_a else a[i, k]) * (b[j, k] if transpose_b else b[k, j])
            for k in range(inner)
        )
        for i in range(rows)
        for j in range(cols)
    ]
    assert_close(got, ta.array(wanted).reshape(rows, cols), inner * ULP)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize(("left", "right"), [((2, 3), (2, 3)), ((2, 3), ()), ((), (4,))])
def test_a_batch_of_products_is_product_by_product(left, right, transpose_a):
    a = numbers(*left, *((5, 4) if transpose_a else (4, 5)))
    b = numbers(*right, 5, 6, seed=2)
    got = kernels.matmul(a, b, transpose_a=transpose_a)
    leading = left or right
    assert got.shape == (*leading, 4, 6)
    count = math.prod(leading)
    parts = got.reshape(count, 4, 6)
    for i in range(count):
        x = a.reshape(count, *a.shape[-2:])[i] if left else a
        y = b.reshape(count, 5, 6)[i] if right else b
        assert parts[i] == kernels.matmul(x, y, transpose_a=transpose_a)


def test_the_ternary_product_is_the_one_of_the_package():
    packed, scales = ta.pack_ternary_weights([[1, 0, -1, 1]], [0.5])
    assert kernels.ternary_matmul([[1.0, 2.0, 3.0, 4.0]], packed, scales, (1, 4)) == [[1.0]]


def test_softmax_adds_up_to_one_and_keeps_ratios():
    y = kernels.softmax(numbers(3, 2, 33)).reshape(6, 33)
    assert [math.fsum(row) for row in y] == pytest.approx([1.0] * 6, abs=33 * ULP)
    assert kernels.softmax([0.0, math.log(3.0)]).tolist() == pytest.approx([0.25, 0.75], abs=ULP)


def test_layer_norm_has_the_mean_and_variance_of_its_weights():
    y = kernels.layer_norm(numbers(5, 207), [2.0] * 207, [3.0] * 207)
    for row in y:
        assert math.fsum(row) / 207 == pytest.approx(3.0, abs=207 * ULP)
        variance = math.fsum((n - 3.0) ** 2 for n in row) / 207
        assert variance == pytest.approx(4.0, rel=1e-4)  # eps is a part of it


def test_the_gated_units_are_their_formulas():
    gate, up = numbers(65), numbers(65, seed=2)
    formulas = {
        "none": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
        "tanh": lambda x: x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2,
    }
    for approximate, f in formulas.items():
        wanted = [f(g) * u for g, u in zip(gate, up, strict=True)]
        got = kernels.geglu(gate, up, approximate=approximate)
        assert got.tolist() == pytest.approx(wanted, abs=8 * ULP)
    wanted = [max(0, g) ** 2 * u for g, u in zip(gate, up, strict=True)]
    assert kernels.relu2_glu(gate, up).tolist() == pytest.approx(wanted, abs=2 * ULP)


@pytest.mark.parametrize("layout", ["half_split", "interleaved"])
def test_rope_turns_back_and_its_layouts_differ_in_the_order_only(layout):
    x = numbers(2, 3, 9, 16)
    turned = kernels.rope(x, layout=layout, first_position=5)
    assert_close(kernels.rope(turned, layout=layout, first_position=5, inverse=True), x, 4 * ULP)
    later = kernels.rope(x[0, 0], layout=layout)[5:]
    assert kernels.rope(x[0, 0][5:], layout=layout, first_position=5) == later
    order = [i // 2 + 8 * (i % 2) for i in range(16)] if layout == "interleaved" else range(16)
    split = ta.array([[row[order.index(i)] for i in range(16)] for row in x[0, 0].tolist()])
    wanted = [[row[i] for i in order] for row in kernels.rope(split, first_position=5).tolist()]
    assert turned[0, 0].tolist() == wanted


def test_the_scale_of_attention_is_by_the_head_dimension():
    q, k, v = numbers(1, 4, 5, 16), numbers(1, 2, 7, 16, seed=2), numbers(1, 2, 7, 16, seed=3)
    assert kernels.attention(q, k, v) == kernels.attention(q, k, v, scale=0.25)
    last = kernels.attention(q[:, :, 4:], k, v)
    assert kernels.attention(q, k, v, causal=True)[:, :, 4:] == last


def test_the_fused_loss_is_that_of_its_logits():
    hidden, weight, targets = numbers(2, 5, 8), numbers(11, 8, seed=2), [[1, 2, 3, 4, 5]] * 2
    logits = kernels.matmul(hidden, weight, transpose_b=True)
    loss = kernels.cross_entropy(logits, targets)
    assert kernels.linear_cross_entropy(hidden, weight, targets) == pytest.approx(loss, rel=8 * ULP)
    assert kernels.cross_entropy([[1.0, 2.0]], [-100]) == 0.0
    assert kernels.cross_entropy([[1.0, 2.0]], [7], ignore_index=7) == 0.0


# --- arguments ---------------------------------------------------------------------------------


def test_arguments_of_any_kind():
    weight = array.array("d", [1.0, 0.5])
    x = memoryview(array.array("f", [2.0, -2.0])).cast("B").cast("f", [1, 2])
    assert kernels.rms_norm(x, weight, eps=1e-12) == [[1.0, -0.5]]
    assert x.tolist() == [[2.0, -2.0]]


Q, K = numbers(1, 4, 3, 8), numbers(1, 2, 3, 8)
GRU = [(2, 3, 4), (1, 2, 5), (15, 4), (15, 5), (15,), (15,)]


def gru_with(index, *shape):
    shapes = [*GRU[:index], shape, *GRU[index + 1 :]]
    return kernels.gru(*(numbers(*shape) for shape in shapes))


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: kernels.matmul([1.0], [[1.0]]), r"a: expected shape \[..., n, n\], got \[1\]"),
        (
            lambda: kernels.matmul(numbers(2, 3), numbers(4, 5)),
            r"b: expected shape \[3, n\], got \[4, 5\]",
        ),
        (
            lambda: kernels.matmul(numbers(2, 4, 3), numbers(5, 4), transpose_b=True),
            r"b: expected shape \[2, n, 3\], got \[5, 4\]",
        ),
        (
            lambda: kernels.matmul(numbers(2, 4, 3), numbers(3, 3, 4)),
            r"b: expected shape \[2, 3, n\], got \[3, 3, 4\]",
        ),
        (lambda: kernels.matmul([["a"]], [[1.0]]), "a: expected float32 numbers"),
        (lambda: kernels.softmax([]), "x: expected at least 1 element"),
        (
            lambda: kernels.rms_norm([[1.0, 2.0]], [1.0]),
            r"weight: expected shape \[2\], got \[1\]",
        ),
        (lambda: kernels.rms_norm([1.0], [1.0], eps=-1), "eps: expected a positive number, got -1"),
        (
            lambda: kernels.layer_norm([[1.0]], [1.0], [1.0, 2.0]),
            r"bias: expected shape \[1\], got \[2\]",
        ),
        (
            lambda: kernels.swiglu([1.0, 2.0], [1.0]),
            r"up: expected shape \[2\], got \[1\]",
        ),
        (
            lambda: kernels.geglu([1.0], [1.0], approximate="erf"),
            "approximate: expected 'none' or 'tanh', got 'erf'",
        ),
        (
            lambda: kernels.rope(numbers(3, 4), layout="split"),
            "layout: expected 'half_split' or 'interleaved', got 'split'",
        ),
        (lambda: kernels.rope(numbers(3, 3)), "x: expected .* an even number.*, got .*3, 3"),
        (lambda: kernels.rope(numbers(3, 4), theta=0), "theta: expected a positive number"),
        (
            lambda: kernels.rope(numbers(3, 4), first_position=-1),
            "first_position: expected at least 0, got -1",
        ),
        (
            lambda: kernels.attention(Q[0], K, K),
            r"q: expected shape \[n, n, n, n\], got \[4, 3, 8\]",
        ),
        (
            lambda: kernels.attention(Q, numbers(1, 2, 3, 7), K),
            r"k: expected shape \[1, n, n, 8\], got \[1, 2, 3, 7\]",
        ),
        (
            lambda: kernels.attention(Q, K, numbers(1, 2, 4, 8)),
            r"v: expected shape \[1, 2, 3, 8\], got \[1, 2, 4, 8\]",
        ),
        (
            lambda: kernels.attention(Q, numbers(1, 3, 3, 8), numbers(1, 3, 3, 8)),
            "attention: expected heads to be a multiple of kvHeads, got 4 and 3",
        ),
        (
            lambda: kernels.attention(Q, K[:, :, :2], K[:, :, :2], causal=True),
            "attention: expected at most as many queries as keys when causal, got 3 and 2",
        ),
        (
            lambda: kernels.attention_backward(Q, K, K, K),
            r"dout: expected shape \[1, 4, 3, 8\], got \[1, 2, 3, 8\]",
        ),
        (
            lambda: kernels.attention(Q, K, K, scale=float("nan")),
            "scale: expected a finite number, got NaN",
        ),
        (lambda: gru_with(1, 2, 5), r"h0: expected shape \[1, 2, n\], got \[2, 5\]"),
        (lambda: gru_with(2, 12, 4), r"w_ih: expected shape \[15, 4\], got \[12, 4\]"),
        (lambda: gru_with(5, 5), r"b_hh: expected shape \[15\], got \[5\]"),
        (
            lambda: kernels.cross_entropy([[0.0, 1.0]], [2]),
            "targets: expected 0 to 1 or -100, got 2 in row 0",
        ),
        (
            lambda: kernels.cross_entropy([[0.0, 1.0]], array.array("d", [1.0])),
            "targets: expected dtype int32, got float64",
        ),
        (
            lambda: kernels.linear_cross_entropy([[0.0, 1.0]], [[1.0]], [0]),
            r"weight: expected shape \[n, 2\], got \[1, 1\]",
        ),
    ],
)
def test_wrong_arguments_are_refused(run, message):
    with pytest.raises(ValueError, match=message):
        run()
