"""Hugging Face transformers on a saved model: reading a prompt, and continuing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from implementation import Implementation, Request


def _load(folder: Path) -> torch.nn.Module:
    from transformers import AutoModelForCausalLM  # large, and needed by these cases only

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config.eos_token_id = None
    return model


def prefill(r: Request) -> list[Implementation]:
    """The scores behind a prompt, with keys and values kept."""
    model = _load(r.folder)
    ids = r.tensor(0, dtype=np.int32).long()[None]
    last: list[torch.Tensor] = []

    @torch.inference_mode()
    def call() -> None:
        last[:] = [model(ids, use_cache=True, logits_to_keep=1).logits]

    return [Implementation("transformers", call, lambda: [last[0].numpy()])]


def generation(r: Request) -> list[Implementation]:
    """The likeliest ids, one after the other."""
    model = _load(r.folder)
    ids = r.tensor(0, dtype=np.int32).long()[None]
    count = r.sizes["count"]
    made = np.zeros(1, np.int32)
    options = {"max_new_tokens": count, "do_sample": False, "pad_token_id": 0}

    def call() -> None:
        out = model.generate(ids, attention_mask=torch.ones_like(ids), **options)
        made[0] = out.shape[1] - ids.shape[1]

    return [Implementation("transformers", call, lambda: [made])]


OPERATIONS: dict[str, Callable[[Request], list[Implementation]]] = {
    "generation": generation,
    "prefill": prefill,
}
