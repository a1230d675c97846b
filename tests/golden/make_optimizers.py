"""Writes steps of other optimizers than AdamW, made by torch and, where it has none, by NumPy.

usage: make_optimizers.py OUT_DIR SEED

nadam.safetensors, muon.safetensors: torch.optim; the iterations of Muon in float32 instead of bfloat16.
cautious.safetensors: the formulas of Liang et al. (2024), Algorithm 2, in float64.
Each has p0, gradients g0.., parameters p1..; muon has a wide and a tall matrix, w and t.
"""

import inspect
import pathlib
import sys

import numpy as np
import torch
import torch.optim._muon as muon
from safetensors.numpy import save_file

out, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2])
STEPS = 6


def save(name: str, tensors: dict[str, np.ndarray]) -> None:
    save_file(
        {key: np.ascontiguousarray(value, np.float32) for key, value in tensors.items()},
        out / f"{name}.safetensors",
    )


def run(parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer):
    steps = {f"{name}p0": p.detach().numpy().copy() for name, p in parameters.items()}
    for i in range(STEPS):
        for name, p in parameters.items():
            p.grad = torch.randn_like(p)
            steps[f"{name}g{i}"] = p.grad.numpy().copy()
        optimizer.step()
        for name, p in parameters.items():
            steps[f"{name}p{i + 1}"] = p.detach().numpy().copy()
    return steps


def cautious(p: np.ndarray, gradients: list[np.ndarray], lr, beta1, beta2, eps, decay):
    steps = {"p0": p}
    p, m, v = p.astype(np.float64), 0.0, 0.0
    for t, gradient in enumerate(gradients, 1):
        g = gradient.astype(np.float64)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        u = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        phi = u * g > 0
        p = p - lr * decay * p - lr * phi.size / (phi.sum() + 1) * phi * u
        steps[f"g{t - 1}"], steps[f"p{t}"] = gradient, p
    return steps


torch.manual_seed(seed)
p = torch.nn.Parameter(torch.randn(10, 13))
nadam = torch.optim.NAdam(
    [p],
    lr=3e-3,
    betas=(0.9, 0.95),
    eps=1e-8,
    weight_decay=0.1,
    momentum_decay=4e-3,
    decoupled_weight_decay=True,
)
save("nadam", run({"": p}, nadam))

source = inspect.getsource(muon._zeropower_via_newtonschulz)
exec(source.replace("bfloat16", "float32"), muon.__dict__)
matrices = {
    "w": torch.nn.Parameter(torch.randn(10, 17)),
    "t": torch.nn.Parameter(torch.randn(19, 6)),
}
save(
    "muon",
    run(
        matrices,
        torch.optim.Muon(
            matrices.values(), lr=3e-3, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
        ),
    ),
)

rng = np.random.default_rng(seed)
values = rng.standard_normal((STEPS + 1, 10, 13), np.float32)
save("cautious", cautious(values[0], list(values[1:]), 3e-3, 0.9, 0.95, 1e-8, 0.1))
