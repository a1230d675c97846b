"""Writes adamw8bit.safetensors: three steps of AdamW with 8-bit state by bitsandbytes, in its PyTorch form, on the CPU.

usage: python tests/golden/make_optimizer.py      # needs torch, bitsandbytes, triton (imported, not run), safetensors
"""

from pathlib import Path

import torch
from bitsandbytes.backends.triton.kernels_optim import optimizer_update_8bit_blockwise_pytorch
from bitsandbytes.functional import create_dynamic_map
from safetensors.torch import save_file

STEPS, SIZE, BLOCK = 3, 4200, 256  # the last block is not full
CONSTANTS = {"beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "lr": 0.01, "weight_decay": 0.1}

torch.manual_seed(20)
parameter = torch.randn(SIZE)
gradients = torch.randn(STEPS, SIZE) * torch.logspace(-3, 0, SIZE)  # moments of all magnitudes
gradients[:, 512:520] = 0
signed, unsigned = create_dynamic_map(signed=True), create_dynamic_map(signed=False)
blocks = -(-SIZE // BLOCK)
codes1, codes2 = torch.zeros(SIZE, dtype=torch.uint8), torch.zeros(SIZE, dtype=torch.uint8)
absmax1, absmax2 = torch.zeros(blocks), torch.zeros(blocks)
out = {"start": parameter.clone(), "gradients": gradients}
for step in range(1, STEPS + 1):
    optimizer_update_8bit_blockwise_pytorch(
        parameter, gradients[step - 1], codes1, codes2, CONSTANTS["beta1"], CONSTANTS["beta2"], 0.0, 0.0,
        CONSTANTS["eps"], step, CONSTANTS["lr"], signed, unsigned, absmax1, absmax2, CONSTANTS["weight_decay"], 1.0, False,
        optimizer_name="adam",
    )
    out |= {f"parameter.{step}": parameter.clone(), f"codes1.{step}": codes1.clone(), f"codes2.{step}": codes2.clone(),
            f"absmax1.{step}": absmax1.clone(), f"absmax2.{step}": absmax2.clone()}
save_file(out, Path(__file__).parent / "adamw8bit.safetensors")
