"""The demo's model in PyTorch as it is run: ternary weights rounded once, keys and values kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from bitnet import CONTEXT, DIM, HEADS, BitLinear, Block, Model, read_safetensors, rotate
from torch import Tensor


def _load(path: Path) -> Model:
    """A model whose matrices are trits times their scale, in float32."""
    model = Model()
    model.load_state_dict({k.removeprefix("model."): v for k, v in read_safetensors(path).items()})
    for module in model.modules():
        if isinstance(module, BitLinear):
            w = module.weight
            scale = w.abs().mean().clamp(min=1e-5)
            w.copy_((w / scale).round().clamp(-1, 1) * scale)
    return model


def _quantized(x: Tensor) -> Tensor:
    s = 127 / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
    return (x * s).round().clamp(-128, 127) / s


class Decoder:
    """Scores of the next id, with room for the keys and values of a whole context.

    All shapes but the number of ids stay the same from call to call, so that torch.compile makes
    one program for the prompt and one for each id after it. Layers with the same input share its
    quantization.
    """

    def __init__(self, path: Path) -> None:
        """Read the weights."""
        self._model = _load(path)
        shape = len(self._model.layers), HEADS, CONTEXT, DIM // HEADS
        self._keys, self._values = torch.zeros(shape), torch.zeros(shape)

    def logits(self, ids: Tensor, positions: Tensor) -> Tensor:
        """Read ids [n] at positions [n]; the scores [vocabulary] behind the last."""
        model = self._model
        cos, sin = model.cos[positions], model.sin[positions]
        mask = torch.arange(CONTEXT) <= positions[:, None]
        x = model.embed_tokens(ids)
        for i, layer in enumerate(model.layers):
            x = self._block(layer, i, x, positions, cos, sin, mask)
        return F.linear(model.norm(x[-1]), model.embed_tokens.weight)

    def _block(
        self,
        layer: Block,
        i: int,
        x: Tensor,
        positions: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor,
    ) -> Tensor:
        attention, mlp = layer.self_attn, layer.mlp
        h = _quantized(layer.input_layernorm(x))
        q, k, v = (
            F.linear(h, p.weight).view(len(x), HEADS, -1).transpose(0, 1)
            for p in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        keys = self._keys[i].index_copy_(1, positions, rotate(k, cos, sin))
        values = self._values[i].index_copy_(1, positions, v)
        q = rotate(q, cos, sin)
        y = F.scaled_dot_product_attention(q[None], keys[None], values[None], attn_mask=mask)[0]
        y = attention.attn_sub_norm(y.transpose(0, 1).reshape(len(x), DIM))
        x = x + F.linear(_quantized(y), attention.o_proj.weight)
        h = _quantized(layer.post_attention_layernorm(x))
        y = F.silu(F.linear(h, mlp.gate_proj.weight)) * F.linear(h, mlp.up_proj.weight)
        return x + F.linear(_quantized(mlp.ffn_sub_norm(y)), mlp.down_proj.weight)


@torch.inference_mode()
def continuation(path: Path, prompt: Tensor, count: int, *, compiled: bool) -> Callable[[], Tensor]:
    """A function that returns the `count` likeliest ids behind the prompt, int32."""
    decoder = Decoder(path)
    logits = torch.compile(decoder.logits, dynamic=False) if compiled else decoder.logits
    positions = torch.arange(len(prompt) + count)

    @torch.inference_mode()
    def run() -> Tensor:
        scores = logits(prompt, positions[: len(prompt)])
        ids = torch.empty(count, dtype=torch.int32)
        for i in range(count):
            id_ = scores.argmax(-1, keepdim=True)
            ids[i] = id_[0]
            scores = logits(id_, positions[len(prompt) + i, None])
        return ids

    return run
