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
        print(f"product bfloat16,4096^2 batch {batch},{median(torch, lambda x=x, w=w: x @ w.T):.3f}")
    for n in (512, 2048, 4096):
        a = torch.randn(n, n, device="cuda")
        print(f"product float32,{n}^3,{median(torch, lambda a=a: a @ a.T):.3f}")
    gru = torch.nn.GRU(256, 256, batch_first=True, device="cuda")
    x = torch.randn(64, 100, 256, device="cuda")
    with torch.no_grad():
        print(f"GRU rollout,64 x 100 steps of 256 units,{median(torch, lambda: gru(x)):.3f}")


if __name__ == "__main__":
    main()
