"""Operations along a sequence: rotary positions, attention, recurrence."""

from __future__ import annotations

from . import _host
from ._array import Array, product
from ._call import Arrays, call
from ._convert import empty, integer, like, number
from ._shapes import batched, expected, shaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_java = _host.bridge.sequences()


def rope(
    x: Any,
    theta: float = 10000.0,
    layout: str = "half_split",
    *,
    first_position: int = 0,
    inverse: bool = False,
) -> Any:
    """Rotary position embedding: pair i of row t turns by ``t * theta^(-2i/dim)``.

    Args:
        x: ``[..., length, dim]``, with an even ``dim``.
        theta: above 0.
        layout: of the pairs: ``half_split``: i and i + dim/2 (Hugging Face); ``interleaved``: 2i
            and 2i + 1.
        first_position: of row 0.
        inverse: turns backwards, which is also the backward pass.

    Raises:
        ValueError: one dimension, an odd ``dim``, or another layout.

    >>> x = rope([[1.0, 0.0], [1.0, 0.0]])
    >>> x[0].tolist(), round(x[1, 0], 4), round(x[1, 1], 4)
    ([1.0, 0.0], 0.5403, 0.8415)
    """
    given = batched(x, "x", 2)
    if layout not in ("half_split", "interleaved"):
        raise ValueError(f"layout: expected 'half_split' or 'interleaved', got {layout!r}")
    if given.shape[-1] % 2:
        raise expected("x", ("...", "n", "an even number"), given)
    first = integer(first_position, "first_position", 0)
    sizes = (product(given.shape[:-2]), *given.shape[-2:], first)
    options = (number(theta, "theta"), layout == "interleaved", bool(inverse))
    out = empty(given.shape, "float32", x)
    call(_java.rope, *sizes, *options, given, out=[out])
    return like(out, x)


def attention(q: Any, k: Any, v: Any, causal: bool = False, scale: float | None = None) -> Any:
    """``softmax(q k^T * scale) v`` of each head, in memory that grows with the length only.

    Args:
        q: ``[batch, heads, queries, dim]``.
        k: ``[batch, kv_heads, keys, dim]``; query head h reads key head ``h // (heads //
            kv_heads)``.
        v: as ``k``.
        causal: the last query sees all keys, the one before it one less, and so on.
        scale: of the scores; None: ``1 / sqrt(dim)``.

    Returns:
        an array of the shape of ``q``.

    Raises:
        ValueError: shapes that do not fit, heads that are no multiple of the key heads, or more
            queries than keys when causal.

    >>> q = [[[[1.0, 0.0], [0.0, 1.0]]]]
    >>> attention(q, q, [[[[2.0, 0.0], [4.0, 0.0]]]], causal=True, scale=0).tolist()
    [[[[2.0, 0.0], [3.0, 0.0]]]]
    """
    shape, arrays = _heads(q, k, v, causal, scale)
    out = empty(arrays[0].shape, "float32", q, k, v)
    call(_java.attention, shape, Arrays(arrays), out=[out])
    return like(out, q, k, v)


def attention_backward(
    q: Any, k: Any, v: Any, dout: Any, causal: bool = False, scale: float | None = None
) -> tuple[Any, Any, Any]:
    """The gradients ``(dq, dk, dv)`` of `attention`, from that of its result.

    Args:
        q: this and what is not named here: as for `attention`.
        k: see there.
        v: see there.
        dout: as ``q``.
        causal: see there.
        scale: see there.

    Raises:
        ValueError: as `attention`, or another shape of ``dout``.

    >>> q, k, v = [[[[1.0]]]], [[[[0.5], [0.5]]]], [[[[2.0], [4.0]]]]
    >>> [d.tolist() for d in attention_backward(q, k, v, [[[[1.0]]]])]
    [[[[[0.0]]]], [[[[-0.5], [0.5]]]], [[[[0.5], [0.5]]]]]
    """
    shape, arrays = _heads(q, k, v, causal, scale)
    arrays.append(shaped(dout, "dout", *arrays[0].shape))
    gradients = [Array._zeros(a.shape, "float32") for a in arrays[:3]]
    call(_java.attentionBackward, shape, Arrays(arrays), out=[Arrays(gradients)])
    dq, dk, dv = (like(d, q, k, v, dout) for d in gradients)
    return dq, dk, dv


def gru(x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    """The states of a gated recurrent unit after each step, ``[batch, length, hidden]``.

    ``r, z = sigmoid(W x + b + U h + c)``, ``n = tanh(W x + b + r * (U h + c))``, and the new state
    ``(1 - z) * n + z * h``; the rows of the weights are those of r, then z, then n.

    Args:
        x: ``[batch, length, inputs]``.
        h0: ``[1, batch, hidden]``, the states before the first step.
        w_ih: W, ``[3 * hidden, inputs]``.
        w_hh: U, ``[3 * hidden, hidden]``.
        b_ih: b, ``[3 * hidden]``.
        b_hh: c, ``[3 * hidden]``.

    Raises:
        ValueError: shapes that do not fit.

    >>> zeros = [[0.0]] * 3, [[0.0]] * 3, [0.0] * 3, [0.0] * 3
    >>> gru([[[1.0], [1.0]]], [[[4.0]]], *zeros).tolist()
    [[[2.0], [1.0]]]
    """
    sizes, arrays = _recurrent(x, h0, w_ih, w_hh, b_ih, b_hh)
    batch, length, _, hidden = sizes
    out = empty((batch, length, hidden), "float32", x, h0)
    call(_java.gru, *sizes, Arrays(arrays), out=[out])
    return like(out, x, h0, w_ih, w_hh, b_ih, b_hh)


def gru_backward(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, dout: Any
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """The gradients of the arguments of `gru`, in their order, from that of its result.

    The gradient of the last state is that of the last step.

    Raises:
        ValueError: shapes that do not fit.

    >>> zeros = [[0.0]] * 3, [[0.0]] * 3, [0.0] * 3, [0.0] * 3
    >>> dx, dh0, *_ = gru_backward([[[1.0], [1.0]]], [[[4.0]]], *zeros, [[[0.0], [1.0]]])
    >>> dx.tolist(), dh0.tolist()
    ([[[0.0], [0.0]]], [[[0.25]]])
    """
    sizes, arrays = _recurrent(x, h0, w_ih, w_hh, b_ih, b_hh)
    batch, length, _, hidden = sizes
    gradients = [Array._zeros(a.shape, "float32") for a in arrays]
    arrays.append(shaped(dout, "dout", batch, length, hidden))
    call(_java.gruBackward, *sizes, Arrays(arrays), out=[Arrays(gradients)])
    dx, dh0, dw_ih, dw_hh, db_ih, db_hh = (like(d, x, h0, w_ih, w_hh, dout) for d in gradients)
    return dx, dh0, dw_ih, dw_hh, db_ih, db_hh


def _heads(q: Any, k: Any, v: Any, causal: bool, scale: float | None) -> tuple[Any, list[Array]]:
    """The sizes of an attention call, as Java has them, and its arrays."""
    queries = shaped(q, "q", None, None, None, None)
    batch, heads, length, dim = queries.shape
    keys = shaped(k, "k", batch, None, None, dim)
    values = shaped(v, "v", *keys.shape)
    sizes = [batch, heads, keys.shape[1], length, keys.shape[2], dim]
    factor = dim**-0.5 if scale is None else number(scale, "scale")
    shape = _host.invoke(_java.attentionShape, sizes, bool(causal), factor)
    return shape, [queries, keys, values]


def _recurrent(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any
) -> tuple[tuple[int, int, int, int], list[Array]]:
    """Batch, length, inputs and hidden of a GRU, and its arrays."""
    steps = shaped(x, "x", None, None, None)
    batch, length, inputs = steps.shape
    start = shaped(h0, "h0", 1, batch, None)
    hidden = start.shape[2]
    rows = 3 * hidden
    weights = [shaped(w_ih, "w_ih", rows, inputs), shaped(w_hh, "w_hh", rows, hidden)]
    biases = [shaped(b_ih, "b_ih", rows), shaped(b_hh, "b_hh", rows)]
    return (batch, length, inputs, hidden), [steps, start, *weights, *biases]
