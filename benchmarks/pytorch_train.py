"""Tokens a second of the demo's model in PyTorch, for comparison: needs `pip install torch`.

The same sizes (docs/benchmarks.md), the same quantization-aware forward pass, AdamW with clipping; prints the
best and the median of several rounds of steps. `--compile` lets torch.compile try.
"""

import argparse
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

VOCAB, DIM, HIDDEN, LAYERS, HEADS, CONTEXT = 256, 128, 352, 4, 4, 128


class BitLinear(nn.Linear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        s = 127 / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
        x = x + ((x * s).round().clamp(-128, 127) / s - x).detach()
        scale = self.weight.abs().mean().clamp(min=1e-5)
        w = self.weight + ((self.weight / scale).round().clamp(-1, 1) * scale - self.weight).detach()
        return F.linear(x, w)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (BitLinear(DIM, DIM) for _ in range(4))
        self.gate, self.up, self.down = BitLinear(DIM, HIDDEN), BitLinear(DIM, HIDDEN), BitLinear(HIDDEN, DIM)
        self.n1, self.n2, self.n3 = (nn.RMSNorm(DIM) for _ in range(3))
        self.n4 = nn.RMSNorm(HIDDEN)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        b, t, _ = x.shape
        n = self.n1(x)
        q, k, v = (p(n).view(b, t, HEADS, -1).transpose(1, 2) for p in (self.q, self.k, self.v))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, DIM)
        x = x + self.o(self.n3(y))
        n = self.n2(x)
        return x + self.down(self.n4(F.silu(self.gate(n)) * self.up(n)))


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(VOCAB, DIM)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(DIM)
        inverse = 1 / 10000 ** (torch.arange(0, DIM // HEADS, 2) / (DIM // HEADS))
        angle = torch.arange(CONTEXT)[:, None] * inverse[None]
        self.register_buffer("cos", torch.cat([angle, angle], -1).cos())
        self.register_buffer("sin", torch.cat([angle, angle], -1).sin())

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.norm(x) @ self.embed.weight.T


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=8, help="steps a round")
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    model = Model()
    step_model = torch.compile(model) if args.compile else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.8, 0.95), fused=True)
    ids = torch.randint(0, VOCAB, (args.batch, CONTEXT + 1))
    rates = []
    for _ in range(args.rounds + 1):
        start = time.perf_counter()
        for _ in range(args.steps):
            loss = F.cross_entropy(step_model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        rates.append(args.steps * args.batch * CONTEXT / (time.perf_counter() - start))
    rates = rates[1:]  # the first round warms up
    print(f"PyTorch {torch.__version__}, {args.threads} threads, {sum(p.numel() for p in model.parameters())} parameters")
    print(f"tokens/s: best {max(rates):.0f}, median {statistics.median(rates):.0f} of {args.rounds} rounds")


if __name__ == "__main__":
    main()
