"""The operations below a model, on arrays: products, norms, attention, recurrence and losses.

Arguments are arrays of any kind; what is not float32 is converted. Results are new: NumPy arrays
where an argument was one, and `Array` otherwise.
"""

from __future__ import annotations

from . import _host
from ._array import Array, product
from ._call import call
from ._convert import empty, integer, like, number, read
from ._sequences import attention, attention_backward, gru, gru_backward, rope
from ._shapes import batched, expected, shaped
from ._ternary import ternary_matmul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "attention",
    "attention_backward",
    "cross_entropy",
    "geglu",
    "gru",
    "gru_backward",
    "layer_norm",
    "linear_cross_entropy",
    "matmul",
    "relu2_glu",
    "rms_norm",
    "rope",
    "softmax",
    "swiglu",
    "ternary_matmul",
]

_java = _host.bridge.kernels()


def matmul(a: Any, b: Any, *, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """The matrix products ``a [..., rows, inner]`` times ``b [..., inner, cols]``.

    Args:
        a: matrices; leading dimensions are those of ``b``, or one of the two has none.
        b: matrices.
        transpose_a: ``a`` is ``[..., inner, rows]``.
        transpose_b: ``b`` is ``[..., cols, inner]``.

    Raises:
        ValueError: shapes that do not fit.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    >>> matmul([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]], transpose_b=True).tolist()
    [[11.0, 17.0]]
    """
    x, y = batched(a, "a", 2), batched(b, "b", 2)
    rows, inner = reversed(x.shape[-2:]) if transpose_a else x.shape[-2:]
    wanted, cols = reversed(y.shape[-2:]) if transpose_b else y.shape[-2:]
    leading = x.shape[:-2] or y.shape[:-2]
    if wanted != inner or y.shape[:-2] not in ((), leading):
        axes = ("n", inner) if transpose_b else (inner, "n")
        raise expected("b", (*x.shape[:-2], *axes), y)
    result = empty((*leading, rows, cols), "float32", a, b)
    batches = [product(m.shape[:-2]) for m in (x, y)]
    if y.ndim == 2 and not transpose_a:  # one product of all rows
        rows, batches = rows * batches[0], [1, 1]
    sizes = (*batches, rows, cols, inner)
    call(_java.matmul, *sizes, bool(transpose_a), bool(transpose_b), x, y, out=[result])
    return like(result, a, b)


def softmax(x: Any) -> Any:
    """``exp(x) / sum(exp(x))`` over the last dimension.

    >>> softmax([[0.0, 0.0], [1000.0, 0.0]]).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    given = batched(x, "x", 1)
    out = empty(given.shape, "float32", x)
    call(_java.softmax, *_rows_of(given), given, out=[out])
    return like(out, x)


def rms_norm(x: Any, weight: Any, eps: float = 1e-5) -> Any:
    """``x / sqrt(mean(x^2) + eps) * weight`` over the last dimension.

    Args:
        x: ``[..., dim]``.
        weight: ``[dim]``.
        eps: above 0.

    Raises:
        ValueError: another shape of ``weight``, or a wrong ``eps``.

    >>> rms_norm([[2.0, -2.0]], [1.0, 0.5], eps=1e-12).tolist()
    [[1.0, -0.5]]
    """
    given = batched(x, "x", 1)
    w = shaped(weight, "weight", given.shape[-1])
    out = empty(given.shape, "float32", x)
    call(_java.rmsNorm, *_rows_of(given), number(eps, "eps"), given, w, out=[out])
    return like(out, x)


def layer_norm(x: Any, weight: Any, bias: Any, eps: float = 1e-5) -> Any:
    """``(x - mean(x)) / sqrt(var(x) + eps) * weight + bias`` over the last dimension.

    Args:
        x: ``[..., dim]``.
        weight: ``[dim]``.
        bias: ``[dim]``.
        eps: above 0.

    Raises:
        ValueError: another shape of ``weight`` or ``bias``, or a wrong ``eps``.

    >>> layer_norm([[3.0, 1.0]], [1.0, 0.5], [0.0, 2.0], eps=1e-12).tolist()
    [[1.0, 1.5]]
    """
    given = batched(x, "x", 1)
    dim = given.shape[-1]
    w, b = shaped(weight, "weight", dim), shaped(bias, "bias", dim)
    out = empty(given.shape, "float32", x)
    call(_java.layerNorm, *_rows_of(given), number(eps, "eps"), given, w, b, out=[out])
    return like(out, x)


def swiglu(gate: Any, up: Any) -> Any:
    """``gate * sigmoid(gate) * up``, element by element.

    Raises:
        ValueError: different shapes.

    >>> swiglu([0.0, 100.0], [1.0, 0.5]).tolist()
    [0.0, 50.0]
    """
    return _gated("silu", gate, up)


def geglu(gate: Any, up: Any, approximate: str = "none") -> Any:
    """``gelu(gate) * up``, element by element.

    Args:
        gate: any shape.
        up: the same shape.
        approximate: ``none``: by the error function; ``tanh``: the form of GPT-2.

    Raises:
        ValueError: different shapes, or another approximation.

    >>> geglu([0.0, 100.0], [1.0, 0.5]).tolist()
    [0.0, 50.0]
    """
    names = {"none": "gelu", "tanh": "gelu_tanh"}
    if approximate not in names:
        raise ValueError(f"approximate: expected 'none' or 'tanh', got {approximate!r}")
    return _gated(names[approximate], gate, up)


def relu2_glu(gate: Any, up: Any) -> Any:
    """``max(0, gate)^2 * up``, element by element.

    Raises:
        ValueError: different shapes.

    >>> relu2_glu([-1.0, 2.0], [1.0, 0.5]).tolist()
    [0.0, 2.0]
    """
    return _gated("relu2", gate, up)


def cross_entropy(logits: Any, targets: Any, ignore_index: int = -100) -> float:
    """The mean of ``-log(softmax(logits)[target])``, in nats, over the targets that count.

    Args:
        logits: ``[..., classes]``.
        targets: integers of the leading shape.
        ignore_index: a target that does not count; 0.0 if none does.

    Raises:
        ValueError: another shape of the targets, or one that is no class.

    >>> round(cross_entropy([[0.0, 0.0], [9.0, 0.0]], [1, -100]), 4)
    0.6931
    """
    x = batched(logits, "logits", 1)
    t = shaped(targets, "targets", *x.shape[:-1], dtype="int32")
    index = integer(ignore_index, "ignore_index")
    return float(call(_java.crossEntropy, *_rows_of(x), index, x, t))


def linear_cross_entropy(hidden: Any, weight: Any, targets: Any, ignore_index: int = -100) -> float:
    """`cross_entropy` of ``hidden weight^T``, a few rows of logits at a time.

    Args:
        hidden: ``[..., dim]``.
        weight: ``[classes, dim]``.
        targets: integers of the leading shape of ``hidden``.
        ignore_index: a target that does not count.

    Raises:
        ValueError: shapes that do not fit, or a target that is no class.

    >>> round(linear_cross_entropy([[0.5, 0.0]], [[0.0, 1.0], [0.0, 2.0]], [1]), 4)
    0.6931
    """
    x = batched(hidden, "hidden", 1)
    w = shaped(weight, "weight", None, x.shape[-1])
    t = shaped(targets, "targets", *x.shape[:-1], dtype="int32")
    sizes = (*_rows_of(x), w.shape[0], integer(ignore_index, "ignore_index"))
    return float(call(_java.linearCrossEntropy, *sizes, x, w, t))


def _gated(activation: str, gate: Any, up: Any) -> Any:
    g = read(gate, "gate")
    u = shaped(up, "up", *g.shape)
    out = empty(g.shape, "float32", gate, up)
    call(_java.gated, activation, g, u, out=[out])
    return like(out, gate, up)


def _rows_of(x: Array) -> tuple[int, int]:
    return product(x.shape[:-1]), x.shape[-1]
