"""The demo's model in PyTorch: the same sizes, names and quantization-aware forward pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

VOCABULARY, DIM, HIDDEN, LAYERS, HEADS, CONTEXT = 256, 128, 352, 4, 4, 128
THETA, EPS = 10_000.0, 1e-5


class BitLinear(nn.Linear):
    """8-bit activations, ternary weights, straight-through gradients."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """No bias."""
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Quantize both, multiply."""
        s = 127 / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
        x = x + ((x * s).round().clamp(-128, 127) / s - x).detach()
        w = self.weight
        scale = w.abs().mean().clamp(min=1e-5)
        w = w + ((w / scale).round().clamp(-1, 1) * scale - w).detach()
        return F.linear(x, w)


class Attention(nn.Module):
    """Causal attention with rotary positions and a norm before the output."""

    def __init__(self) -> None:
        """Four square matrices."""
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (BitLinear(DIM, DIM) for _ in range(4))
        self.attn_sub_norm = nn.RMSNorm(DIM, EPS)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Attend to the positions before."""
        b, t, _ = x.shape
        q, k, v = (
            p(x).view(b, t, HEADS, -1).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(self.attn_sub_norm(y.transpose(1, 2).reshape(b, t, DIM)))


class FeedForward(nn.Module):
    """SwiGLU with a norm before the way down."""

    def __init__(self) -> None:
        """Three matrices."""
        super().__init__()
        self.gate_proj, self.up_proj = BitLinear(DIM, HIDDEN), BitLinear(DIM, HIDDEN)
        self.down_proj = BitLinear(HIDDEN, DIM)
        self.ffn_sub_norm = nn.RMSNorm(HIDDEN, EPS)

    def forward(self, x: Tensor) -> Tensor:
        """Gate, norm, down."""
        return self.down_proj(self.ffn_sub_norm(F.silu(self.gate_proj(x)) * self.up_proj(x)))


class Block(nn.Module):
    """Pre-norm residual block."""

    def __init__(self) -> None:
        """Attention and feed-forward part."""
        super().__init__()
        self.input_layernorm = nn.RMSNorm(DIM, EPS)
        self.self_attn = Attention()
        self.post_attention_layernorm = nn.RMSNorm(DIM, EPS)
        self.mlp = FeedForward()

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Two residual branches."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions, halves paired."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Model(nn.Module):
    """Embedding, blocks, norm; the output matrix is the embedding."""

    def __init__(self) -> None:
        """Random weights and tables of angles."""
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, DIM)
        self.layers = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(DIM, EPS)
        half = DIM // HEADS // 2
        angles = torch.arange(CONTEXT)[:, None] * THETA ** (-torch.arange(half) / half)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of the next ids."""
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, self.cos, self.sin)
        logits = F.linear(self.norm(x), self.embed_tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The float32 tensors of a file."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (start + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


def train(path: Path, ids: Tensor, targets: Tensor, *, compiled: bool) -> Callable[[], Tensor]:
    """A function that makes one step and returns its loss."""
    model = Model()
    model.load_state_dict({k.removeprefix("model."): v for k, v in read_safetensors(path).items()})
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), eps=1e-8, fused=True)
    parameters = matrices + vectors
    forward = torch.compile(model, dynamic=False) if compiled else model

    def step() -> Tensor:
        optimizer.zero_grad()
        loss = forward(ids, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return loss.detach()

    return step
