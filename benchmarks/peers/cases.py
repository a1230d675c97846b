"""What is compared: operations, shapes, inputs, and how far the results may differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Inputs = Callable[[np.random.Generator], list[NDArray]]


@dataclass(frozen=True)
class Case:
    """One row of the table.

    `operation` and `sizes` are what both sides are asked for; `work` is operations a call, for
    the rate in `unit`; results of `dtype` may differ by `tolerance` of the largest number.
    """

    operation: str
    shape: str
    sizes: dict[str, int]
    inputs: Inputs
    dtype: type
    tolerance: float
    work: float = 0
    unit: str = ""

    @property
    def name(self) -> str:
        """Operation and shape, what `--only` looks at."""
        return f"{self.operation} {self.shape}"


# Float32 sums of a few thousand products in another order.
SUMS = 1e-5
# Exponentials and their sums.
EXPONENTIALS = 1e-5
# A training step: a quantized activation that rounds the other way changes more than a sum does.
TRAINING = 1e-3
EXACT = 0.0
# A result that a peer rounds to bfloat16's 8 bits.
BFLOAT16 = 2**-8


def normal(*shapes: tuple[int, ...]) -> Inputs:
    """Normally distributed float32 of these shapes."""
    return lambda random: [random.standard_normal(s, dtype=np.float32) for s in shapes]


def trits(random: np.random.Generator, *shape: int) -> NDArray[np.int8]:
    """-1, 0 and 1, as likely as each other."""
    return random.integers(-1, 2, shape, dtype=np.int8)


def matmul(rows: int, cols: int, inner: int, a: str = "n", b: str = "n") -> Case:
    """`op(a) op(b)`; `t` for a matrix that is stored transposed."""
    sizes = {"rows": rows, "cols": cols, "inner": inner}
    sizes |= {"transpose_a": int(a == "t"), "transpose_b": int(b == "t")}
    shape = f"{rows} x {cols} x {inner} {a}{b}"
    stored_a = (inner, rows) if a == "t" else (rows, inner)
    stored_b = (cols, inner) if b == "t" else (inner, cols)
    work = 2.0 * rows * cols * inner
    inputs = normal(stored_a, stored_b)
    return Case("matmul", shape, sizes, inputs, np.float32, SUMS, work, "GFLOP/s")


def matmul_bfloat16(rows: int, cols: int, inner: int) -> Case:
    """`a b^T`; b is bfloat16, and a has numbers that bfloat16 has, so all multiply the same."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        a, b = (random.standard_normal((n, inner), dtype=np.float32) for n in (rows, cols))
        high_halves = (b.view(np.uint32) >> 16).astype(np.uint16)
        return [(a.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32), high_halves]

    sizes = {"rows": rows, "cols": cols, "inner": inner}
    shape = f"{rows} x {cols} x {inner} nt"
    work = 2.0 * rows * cols * inner
    return Case("matmul-bfloat16", shape, sizes, inputs, np.float32, BFLOAT16, work, "GFLOP/s")


def nf4_linear(batch: int, rows: int, cols: int) -> Case:
    """`x w^T` with w in NF4, which both sides quantize themselves."""
    sizes = {"batch": batch, "rows": rows, "cols": cols}
    shape = f"{batch} x {rows} x {cols}"
    work = 2.0 * batch * rows * cols
    inputs = normal((batch, cols), (rows, cols))
    return Case("nf4-linear", shape, sizes, inputs, np.float32, SUMS, work, "GFLOP/s")


def attention(
    batch: int,
    heads: int,
    kv_heads: int,
    queries: int,
    keys: int,
    dim: int,
    *,
    backward: bool = False,
) -> Case:
    """Causal attention; one query sees all keys."""
    causal = queries > 1
    sizes = {"batch": batch, "heads": heads, "kv_heads": kv_heads, "queries": queries}
    sizes |= {"keys": keys, "head_dim": dim, "causal": int(causal)}
    q = (batch, heads, queries, dim)
    k = (batch, kv_heads, keys, dim)
    operation = "attention-backward" if backward else "attention"
    groups = f"/{kv_heads}" if kv_heads != heads else ""
    shape = f"{batch} x {heads}{groups} x {queries}:{keys} x {dim}"
    inputs = normal(q, k, k, q) if backward else normal(q, k, k)
    return Case(operation, shape, sizes, inputs, np.float32, EXPONENTIALS)


def rows_of(operation: str, rows: int, dim: int, *shapes: tuple[int, ...]) -> Case:
    """An operation on each row of a matrix."""
    sizes = {"rows": rows, "dim": dim}
    return Case(operation, f"{rows} x {dim}", sizes, normal(*shapes), np.float32, SUMS)


def rms_norm(rows: int, dim: int) -> Iterator[Case]:
    """Forward, and forward with backward."""
    x, weight = (rows, dim), (dim,)
    yield rows_of("rms-norm", rows, dim, x, weight)
    yield rows_of("rms-norm-backward", rows, dim, x, weight, x)


def layer_norm(rows: int, dim: int) -> Iterator[Case]:
    """Forward, and forward with backward."""
    x, weight = (rows, dim), (dim,)
    yield rows_of("layer-norm", rows, dim, x, weight, weight)
    yield rows_of("layer-norm-backward", rows, dim, x, weight, weight, x)


def gate(operation: str, rows: int, dim: int) -> Iterator[Case]:
    """Forward, and forward with backward."""
    x = (rows, dim)
    yield rows_of(operation, rows, dim, x, x)
    yield rows_of(operation + "-backward", rows, dim, x, x, x)


def cross_entropy(rows: int, classes: int) -> Case:
    """The loss and the gradient of the logits."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        logits = random.standard_normal((rows, classes), dtype=np.float32)
        return [logits, random.integers(0, classes, rows, dtype=np.int32)]

    sizes = {"rows": rows, "classes": classes}
    return Case("cross-entropy", f"{rows} x {classes}", sizes, inputs, np.float32, EXPONENTIALS)


def linear_cross_entropy(rows: int, dim: int, classes: int) -> Case:
    """Logits of a matrix, their loss, and the gradients of both factors."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        hidden = random.standard_normal((rows, dim), dtype=np.float32)
        weight = random.standard_normal((classes, dim), dtype=np.float32) / np.float32(dim**0.5)
        return [hidden, weight, random.integers(0, classes, rows, dtype=np.int32)]

    sizes = {"rows": rows, "dim": dim, "classes": classes}
    shape = f"{rows} x {dim} x {classes}"
    return Case("linear-cross-entropy", shape, sizes, inputs, np.float32, EXPONENTIALS)


def gru(batch: int, steps: int, inputs: int, hidden: int) -> Iterator[Case]:
    """Forward, and forward with backward."""
    sizes = {"batch": batch, "steps": steps, "inputs": inputs, "hidden": hidden}
    shapes = [(batch, steps, inputs), (batch, hidden), (3 * hidden, inputs), (3 * hidden, hidden)]
    shapes += [(3 * hidden,), (3 * hidden,), (batch, steps, hidden)]

    def small(random: np.random.Generator) -> list[NDArray]:
        # Weights of deviation 1 / sqrt(hidden), so that the states do not saturate.
        arrays = normal(*shapes)(random)
        return arrays[:2] + [w / np.float32(hidden**0.5) for w in arrays[2:6]] + arrays[6:]

    shape = f"{batch} x {steps} x {inputs}:{hidden}"
    for operation in ("gru", "gru-backward"):
        # Errors of a state go through all later ones.
        yield Case(operation, shape, sizes, small, np.float32, 10 * EXPONENTIALS)


def rope(batch: int, heads: int, positions: int, dim: int) -> Case:
    """Rotary embedding of all heads."""
    sizes = {"batch": batch, "heads": heads, "positions": positions, "head_dim": dim}
    shape = (batch, heads, positions, dim)
    # Angles up to the number of positions, in float32.
    tolerance = positions * 1e-7
    return Case("rope", " x ".join(map(str, shape)), sizes, normal(shape), np.float32, tolerance)


def adamw(n: int) -> Case:
    """One update of n parameters."""
    return Case("adamw", f"{n:,}", {"n": n}, normal((n,), (n,)), np.float32, SUMS)


def ternary(batch: int, rows: int, cols: int) -> Case:
    """8-bit activations times ternary weights."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        x = random.integers(-127, 128, (batch, cols), dtype=np.int8)
        return [x, trits(random, rows, cols)]

    sizes = {"batch": batch, "rows": rows, "cols": cols}
    work = 2.0 * batch * rows * cols
    shape = f"{batch} x {rows} x {cols}"
    return Case("ternary-matmul", shape, sizes, inputs, np.int32, EXACT, work, "GOP/s")


def ternary_sparse(batch: int, rows: int, cols: int) -> Case:
    """As above, with 95 % zeros, at our level for such weights and at our dense one."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        x = random.integers(-127, 128, (batch, cols), dtype=np.int8)
        # A little more than 95 %, from where all our backends choose that level.
        return [x, trits(random, rows, cols) * (random.random((rows, cols)) < 0.074)]

    sizes = {"batch": batch, "rows": rows, "cols": cols}
    work = 2.0 * batch * rows * cols
    shape = f"{batch} x {rows} x {cols}, 95 % zeros"
    return Case("ternary-sparse", shape, sizes, inputs, np.int32, EXACT, work, "GOP/s")


def trit_matmul(rows: int, cols: int, inner: int) -> Case:
    """`a b^T` of two matrices of trits."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        return [trits(random, rows, inner), trits(random, cols, inner)]

    sizes = {"rows": rows, "cols": cols, "inner": inner}
    work = 2.0 * rows * cols * inner
    shape = f"{rows} x {cols} x {inner} nt"
    return Case("trit-matmul", shape, sizes, inputs, np.int32, EXACT, work, "GOP/s")


def hypervectors(operation: str, dim: int, count: int, dtype: type = np.int8) -> Case:
    """An operation on `count` vectors of trits."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        return [trits(random, dim) for _ in range(count)]

    return Case(operation, f"{dim:,}", {"dim": dim}, inputs, dtype, EXACT)


def training_step(batch: int) -> Case:
    """The demo's model, forward, backward, clipping and AdamW."""
    context, vocabulary = 128, 256

    def inputs(random: np.random.Generator) -> list[NDArray]:
        ids = random.integers(0, vocabulary, (batch, context + 1), dtype=np.int32)
        return [ids[:, :-1].copy(), ids[:, 1:].copy()]

    shape = f"demo, {batch} x {context} tokens"
    sizes = {"batch": batch}
    work = batch * context * 1e9
    return Case("training-step", shape, sizes, inputs, np.float32, TRAINING, work, "tokens/s")


def decode(prompt: int, count: int) -> Case:
    """The demo's model reads a prompt and continues it, one id at a time."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        return [random.integers(0, 256, prompt, dtype=np.int32)]

    shape = f"demo, {count} ids after {prompt}"
    return Case("decode", shape, {"count": count}, inputs, np.int32, EXACT, count * 1e9, "ids/s")


def generate(model: int, name: str, vocabulary: int, prompt: int, count: int) -> Iterator[Case]:
    """A random model, packed where it is ternary, reads a prompt, and continues it."""

    def inputs(random: np.random.Generator) -> list[NDArray]:
        return [random.integers(0, vocabulary, prompt, dtype=np.int32)]

    work = prompt * 1e9
    shape = f"{name}, {prompt} ids"
    # An 8-bit activation that rounds the other way moves the scores.
    yield Case("prefill", shape, {"model": model}, inputs, np.float32, 0.05, work, "ids/s")
    sizes = {"model": model, "count": count}
    shape = f"{name}, {count} ids after {prompt}"
    yield Case("generation", shape, sizes, inputs, np.int32, EXACT, count * 1e9, "ids/s")


def every_case() -> Iterator[Case]:
    """All rows in the order of the table."""
    yield training_step(16)
    yield decode(64, 64)
    yield from generate(0, "demo", 256, 256, 200)
    yield from generate(1, "100m", 32_000, 256, 200)
    yield from generate(7, "gpt2_small", 50_257, 256, 200)
    for n in (128, 256, 512, 1024, 2048):
        yield matmul(n, n, n)
    for a, b in ("nt", "tn", "tt"):
        yield matmul(1024, 1024, 1024, a, b)
    for cols, inner in ((128, 128), (352, 128), (128, 352), (256, 128)):
        yield matmul(2048, cols, inner, b="t")
    yield matmul(2048, 352, 128)
    yield matmul(128, 352, 2048, a="t")
    for rows in (1, 8):
        yield matmul(rows, 2560, 2560, b="t")
    for rows in (1, 8, 128):
        yield matmul_bfloat16(rows, 2560, 2560)
    for batch in (1, 8, 128):
        yield nf4_linear(batch, 4096, 4096)
    for n in (512, 2048, 8192):
        yield attention(1, 8, 8, n, n, 64)
    for n in (512, 2048):
        yield attention(1, 8, 8, n, n, 64, backward=True)
    yield attention(16, 4, 4, 128, 128, 32)
    yield attention(16, 4, 4, 128, 128, 32, backward=True)
    yield attention(1, 8, 8, 1, 4096, 64)
    yield attention(1, 32, 8, 1, 4096, 64)
    yield from rms_norm(2048, 2560)
    yield from rms_norm(2048, 128)
    yield from layer_norm(2048, 2560)
    yield from gate("swiglu", 2048, 2560)
    yield from gate("geglu", 2048, 2560)
    yield rows_of("softmax", 2048, 2048, (2048, 2048))
    yield cross_entropy(2048, 256)
    yield cross_entropy(512, 32000)
    yield linear_cross_entropy(1024, 512, 32000)
    yield from gru(32, 64, 128, 256)
    yield rope(1, 8, 2048, 64)
    yield adamw(838_656)
    yield adamw(16_777_216)
    for n in (2560, 4096):
        for batch in (1, 32, 128, 512):
            yield ternary(batch, n, n)
    for batch in (1, 32):
        yield ternary_sparse(batch, 2560, 2560)
    yield trit_matmul(1, 1000, 10_000)
    yield trit_matmul(256, 256, 4096)
    yield hypervectors("trit-dot", 1_000_000, 2, np.int64)
    yield hypervectors("bind-modular", 1_000_000, 2)
    yield hypervectors("bind-product", 1_000_000, 2)
    yield hypervectors("bundle", 1_000_000, 3)
