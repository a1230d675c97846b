"""The operations in PyTorch and NumPy, as somebody would write them who wants them fast.

Inputs are contiguous, outputs are reused where the library allows it, no gradient is recorded
unless it is asked for. What is a chain of small operations is there a second time through
torch.compile, which fuses it; the table takes whichever is fastest.
"""

from __future__ import annotations

from collections.abc import Callable

import nf4
import numpy as np
import torch
import torch.nn.functional as F
import transformer_models
import trits
from bitnet import train
from decoding import continuation
from implementation import Implementation, Request, both, returning, with_gradients
from torch import Tensor

EPS = 1e-5


def matmul(r: Request) -> list[Implementation]:
    """`out=` products of views."""
    s = r.sizes
    rows, cols, inner = s["rows"], s["cols"], s["inner"]
    a = r.array(0, inner, rows).T if s["transpose_a"] else r.array(0, rows, inner)
    b = r.array(1, cols, inner).T if s["transpose_b"] else r.array(1, inner, cols)
    c = np.empty((rows, cols), np.float32)
    ta, tb, tc = torch.from_numpy(a), torch.from_numpy(b), torch.empty(rows, cols)
    return [
        Implementation("PyTorch", lambda: torch.mm(ta, tb, out=tc), lambda: [tc.numpy()]),
        Implementation("NumPy", lambda: np.matmul(a, b, out=c), lambda: [c]),
    ]


def matmul_bfloat16(r: Request) -> list[Implementation]:
    """A product in bfloat16 with a result in bfloat16, and one in float32 of converted weights."""
    rows, cols, inner = r.sizes["rows"], r.sizes["cols"], r.sizes["inner"]
    a = r.tensor(0, rows, inner)
    b = r.tensor(1, cols, inner, dtype=np.uint16).view(torch.bfloat16)
    narrow_a, narrow_c = a.bfloat16(), torch.empty(rows, cols, dtype=torch.bfloat16)
    wide_b, c = torch.empty(cols, inner), torch.empty(rows, cols)
    return [
        Implementation(
            "PyTorch-bfloat16",
            lambda: torch.mm(narrow_a, b.T, out=narrow_c),
            lambda: [narrow_c.float().numpy()],
        ),
        Implementation(
            "PyTorch-converted",
            lambda: torch.mm(a, wide_b.copy_(b).T, out=c),
            lambda: [c.numpy()],
        ),
    ]


def nf4_linear(r: Request) -> list[Implementation]:
    """Weights looked up in a codebook and scaled, then multiplied; and bitsandbytes."""
    batch, rows, cols = r.sizes["batch"], r.sizes["rows"], r.sizes["cols"]
    x, w = r.tensor(0, batch, cols), r.tensor(1, rows, cols)
    codes, absmax = nf4.quantize(w)

    def dequantized() -> Tensor:
        return F.linear(x, nf4.dequantize(codes, absmax, rows, cols))

    return [*both(dequantized), *nf4.bitsandbytes(x, w)]


def _qkv(r: Request) -> tuple[Tensor, Tensor, Tensor]:
    s = r.sizes
    q = r.tensor(0, s["batch"], s["heads"], s["queries"], s["head_dim"])
    k, v = (r.tensor(i, s["batch"], s["kv_heads"], s["keys"], s["head_dim"]) for i in (1, 2))
    return q, k, v


def attention(r: Request) -> list[Implementation]:
    """scaled_dot_product_attention."""
    q, k, v = _qkv(r)
    options = {"is_causal": bool(r.sizes["causal"]), "enable_gqa": q.shape[1] != k.shape[1]}
    return [returning("PyTorch", lambda: F.scaled_dot_product_attention(q, k, v, **options))]


def attention_backward(r: Request) -> list[Implementation]:
    """scaled_dot_product_attention and its gradients."""
    leaves = [t.requires_grad_() for t in _qkv(r)]
    dout = r.tensor(3, *leaves[0].shape)

    def run() -> tuple[Tensor, ...]:
        y = F.scaled_dot_product_attention(*leaves, is_causal=bool(r.sizes["causal"]))
        return torch.autograd.grad(y, leaves, dout)

    return [returning("PyTorch", run)]


def _rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    return F.rms_norm(x, weight.shape, weight, EPS)


def rms_norm(r: Request) -> list[Implementation]:
    """F.rms_norm."""
    rows, dim = r.sizes["rows"], r.sizes["dim"]
    return both(_rms_norm, r.tensor(0, rows, dim), r.tensor(1, dim))


def rms_norm_backward(r: Request) -> list[Implementation]:
    """F.rms_norm and its gradients."""
    rows, dim = r.sizes["rows"], r.sizes["dim"]
    x, weight, dout = r.tensor(0, rows, dim), r.tensor(1, dim), r.tensor(2, rows, dim)
    return with_gradients(_rms_norm, x, weight, dout)


def _layer_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return F.layer_norm(x, weight.shape, weight, bias, EPS)


def layer_norm(r: Request) -> list[Implementation]:
    """F.layer_norm."""
    rows, dim = r.sizes["rows"], r.sizes["dim"]
    return both(_layer_norm, r.tensor(0, rows, dim), r.tensor(1, dim), r.tensor(2, dim))


def layer_norm_backward(r: Request) -> list[Implementation]:
    """F.layer_norm and its gradients."""
    rows, dim = r.sizes["rows"], r.sizes["dim"]
    x, weight, bias = r.tensor(0, rows, dim), r.tensor(1, dim), r.tensor(2, dim)
    return with_gradients(_layer_norm, x, weight, bias, r.tensor(3, rows, dim))


def _geglu(gate: Tensor, up: Tensor) -> Tensor:
    return F.gelu(gate) * up


def geglu(r: Request) -> list[Implementation]:
    """gelu(gate) * up."""
    return both(_geglu, r.tensor(0), r.tensor(1))


def geglu_backward(r: Request) -> list[Implementation]:
    """gelu(gate) * up and its gradients."""
    return with_gradients(_geglu, r.tensor(0), r.tensor(1), r.tensor(2))


def _swiglu(gate: Tensor, up: Tensor) -> Tensor:
    return F.silu(gate) * up


def swiglu(r: Request) -> list[Implementation]:
    """silu(gate) * up."""
    return both(_swiglu, r.tensor(0), r.tensor(1))


def swiglu_backward(r: Request) -> list[Implementation]:
    """silu(gate) * up and its gradients."""
    return with_gradients(_swiglu, r.tensor(0), r.tensor(1), r.tensor(2))


def softmax(r: Request) -> list[Implementation]:
    """torch.softmax of each row."""
    x = r.tensor(0, r.sizes["rows"], r.sizes["dim"])
    out = torch.empty_like(x)
    return [Implementation("PyTorch", lambda: torch.softmax(x, -1, out=out), lambda: [out.numpy()])]


def cross_entropy(r: Request) -> list[Implementation]:
    """F.cross_entropy and the gradient of the logits."""
    logits = r.tensor(0, r.sizes["rows"], r.sizes["classes"])
    targets = r.tensor(1, dtype=np.int32).long()

    def loss(x: Tensor) -> Tensor:
        return F.cross_entropy(x, targets)

    return with_gradients(loss, logits, torch.ones(()))


def linear_cross_entropy(r: Request) -> list[Implementation]:
    """F.linear, F.cross_entropy and the gradients of both factors; compiled, it may be chunked."""
    rows, dim, classes = r.sizes["rows"], r.sizes["dim"], r.sizes["classes"]
    hidden, weight = r.tensor(0, rows, dim), r.tensor(1, classes, dim)
    targets = r.tensor(2, dtype=np.int32).long()

    def loss(hidden: Tensor, weight: Tensor) -> Tensor:
        return F.cross_entropy(F.linear(hidden, weight), targets)

    return with_gradients(loss, hidden, weight, torch.ones(()))


def _gru(r: Request) -> tuple[torch.nn.GRU, Tensor, Tensor]:
    batch, steps, inputs, hidden = (r.sizes[n] for n in ("batch", "steps", "inputs", "hidden"))
    module = torch.nn.GRU(inputs, hidden, batch_first=True)
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(r.tensor(2 + i, *p.shape))
    return module, r.tensor(0, batch, steps, inputs), r.tensor(1, 1, batch, hidden)


def gru(r: Request) -> list[Implementation]:
    """torch.nn.GRU without gradients."""
    module, x, h0 = _gru(r)

    def run() -> Tensor:
        with torch.inference_mode():
            return module(x, h0)[0]

    return [returning("PyTorch", run)]


def gru_backward(r: Request) -> list[Implementation]:
    """torch.nn.GRU and its gradients."""
    module, x, h0 = _gru(r)
    dout = r.tensor(6, r.sizes["batch"], r.sizes["steps"], r.sizes["hidden"])
    leaves = [x.requires_grad_(), h0.requires_grad_(), *module.parameters()]
    return [returning("PyTorch", lambda: torch.autograd.grad(module(x, h0)[0], leaves, dout))]


def rope(r: Request) -> list[Implementation]:
    """Rotation of the halves with tables of cosines and sines made beforehand."""
    s = r.sizes
    x = r.tensor(0, s["batch"], s["heads"], s["positions"], s["head_dim"])
    half = s["head_dim"] // 2
    frequencies = 10_000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(s["positions"], dtype=torch.float64)[:, None] * frequencies
    cos, sin = angles.cos().float(), angles.sin().float()

    def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        a, b = x[..., :half], x[..., half:]
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    return both(rotate, x, cos, sin)


def adamw(r: Request) -> list[Implementation]:
    """The fused optimizer on one tensor."""
    parameter = torch.nn.Parameter(r.tensor(0))
    parameter.grad = r.tensor(1)
    optimizer = torch.optim.AdamW(
        [parameter], lr=1e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1, fused=True
    )
    return [Implementation("PyTorch", optimizer.step, lambda: [parameter.detach().numpy()])]


def training_step(r: Request) -> list[Implementation]:
    """The demo's model, eager and compiled, from the weights that our side has written."""
    batch = r.sizes["batch"]
    ids, targets = (r.tensor(i, batch, -1, dtype=np.int32).long() for i in (0, 1))
    weights = r.folder / "model.safetensors"
    implementations = []
    for name, compiled in (("PyTorch", False), ("PyTorch-compiled", True)):
        step = train(weights, ids, targets, compiled=compiled)
        step()
        step()  # the server makes the third
        implementations.append(returning(name, lambda step=step: step().reshape(1)))
    return implementations


def decode(r: Request) -> list[Implementation]:
    """The likeliest ids behind a prompt, eager and compiled, with a cache of keys and values."""
    prompt = r.tensor(0, dtype=np.int32).long()
    weights = r.folder / "model.safetensors"
    return [
        returning(name, continuation(weights, prompt, r.sizes["count"], compiled=compiled))
        for name, compiled in (("PyTorch", False), ("PyTorch-compiled", True))
    ]


OPERATIONS: dict[str, Callable[[Request], list[Implementation]]] = {
    "adamw": adamw,
    "attention": attention,
    "attention-backward": attention_backward,
    "cross-entropy": cross_entropy,
    "decode": decode,
    "geglu": geglu,
    "geglu-backward": geglu_backward,
    "gru": gru,
    "gru-backward": gru_backward,
    "layer-norm": layer_norm,
    "layer-norm-backward": layer_norm_backward,
    "linear-cross-entropy": linear_cross_entropy,
    "matmul": matmul,
    "matmul-bfloat16": matmul_bfloat16,
    "nf4-linear": nf4_linear,
    "rms-norm": rms_norm,
    "rms-norm-backward": rms_norm_backward,
    "rope": rope,
    "softmax": softmax,
    "swiglu": swiglu,
    "swiglu-backward": swiglu_backward,
    "training-step": training_step,
} | (trits.OPERATIONS | transformer_models.OPERATIONS)
