"""The shapes of DeviceBenchmark in PyTorch on CUDA, medians in milliseconds as lines of CSV."""

import statistics
import sys
import time

REPEATS = 7


def median(torch, call) -> float:
    for _ in range(2):
        call()
    times = []
    for _ in range(REPEATS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        call()
        torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def training_step(torch, device, batch, context, vocabulary, hidden, inner, layers, heads):
    """A step of the Llama of TrainingBenchmark in float32: forward, loss, backward, AdamW."""
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norms = nn.ModuleList(nn.RMSNorm(hidden, eps=1e-5) for _ in range(2))
            self.qkv = nn.Linear(hidden, 3 * hidden, bias=False)
            self.out = nn.Linear(hidden, hidden, bias=False)
            self.gate_up = nn.Linear(hidden, 2 * inner, bias=False)
            self.down = nn.Linear(inner, hidden, bias=False)

        def forward(self, x, cos, sin):
            q, k, v = self.qkv(self.norms[0](x)).view(batch, context, 3, heads, -1).unbind(2)
            q, k, v = (t.transpose(1, 2) for t in (q, k, v))
            q, k = (
                t * cos + torch.cat((-t.chunk(2, -1)[1], t.chunk(2, -1)[0]), -1) * sin
                for t in (q, k)
            )
            mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(mixed.transpose(1, 2).reshape(batch, context, hidden))
            gate, up = self.gate_up(self.norms[1](x)).chunk(2, -1)
            return x + self.down(functional.silu(gate) * up)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(vocabulary, hidden)
            self.blocks = nn.ModuleList(Block() for _ in range(layers))
            self.norm = nn.RMSNorm(hidden, eps=1e-5)
            self.head = nn.Linear(hidden, vocabulary, bias=False)

        def forward(self, ids, cos, sin):
            x = self.table(ids)
            for block in self.blocks:
                x = block(x, cos, sin)
            return self.head(self.norm(x))

    model = Model().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1)
    half = hidden // heads // 2
    turns = torch.outer(
        torch.arange(context, device=device), 1e4 ** (-torch.arange(half, device=device) / half)
    ).repeat(1, 2)
    cos, sin = turns.cos(), turns.sin()
    ids = torch.randint(vocabulary, (batch, context), device=device)
    targets = torch.randint(vocabulary, (batch * context,), device=device)

    def step() -> None:
        optimizer.zero_grad()
        logits = model(ids, cos, sin).view(-1, vocabulary)
        functional.cross_entropy(logits, targets).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()

    return step


def main() -> None:
    try:
        import torch
    except ImportError:
        sys.exit("# no PyTorch here")
    if not torch.cuda.is_available():
        sys.exit("# PyTorch has no CUDA device here")
    torch.backends.cuda.matmul.allow_tf32 = False
    print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
    print("operation,shape,ms")
    attend = torch.nn.functional.scaled_dot_product_attention
    for n in (512, 2048, 8192):
        q = torch.randn(1, 8, n, 64, device="cuda")
        ms = median(torch, lambda q=q: attend(q, q, q, is_causal=True))
        print(f"attention causal float32,8 heads of 64 at {n},{ms:.3f}")
    for batch in (1, 32, 512):
        x = torch.randn(batch, 4096, device="cuda", dtype=torch.bfloat16)
        w = torch.randn(4096, 4096, device="cuda", dtype=torch.bfloat16)
        print(
            f"product bfloat16,4096^2 batch {batch},{median(torch, lambda x=x, w=w: x @ w.T):.3f}"
        )
    for n in (512, 2048, 4096):
        a = torch.randn(n, n, device="cuda")
        print(f"product float32,{n}^3,{median(torch, lambda a=a: a @ a.T):.3f}")
    gru = torch.nn.GRU(256, 256, batch_first=True, device="cuda")
    x = torch.randn(64, 100, 256, device="cuda")
    with torch.no_grad():
        print(f"GRU rollout,64 x 100 steps of 256 units,{median(torch, lambda: gru(x)):.3f}")
    step = training_step(torch, "cuda", 8, 256, 8192, 512, 1408, 6, 8)
    print(
        f"training step float32,8 x 256 ids; 6 layers of 512; 8192 classes,{median(torch, step):.3f}"
    )


if __name__ == "__main__":
    main()
