"""Writes tiny models of transformers with logits, loss, every gradient and greedy tokens.

usage: make_models.py OUT_DIR      Needs: torch transformers safetensors
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

OUT = sys.argv[1]
VOCABULARY = 97
SPECIAL = {"bos_token_id": 1, "eos_token_id": 2}


def save(name, model, description):
    """The model, and a case `<name>_logits` in evaluation mode (no dropout)."""
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.ndim == 1:  # norms start as ones and biases as zeros, which hides mistakes
                value.add_(torch.randn_like(value) * 0.1)
    model.eval().save_pretrained(os.path.join(OUT, name))
    ids = torch.randint(3, VOCABULARY, (2, 12))
    result = model(ids, labels=ids)
    result.loss.backward()
    greedy = model.generate(ids[:1], max_new_tokens=8, do_sample=False)
    tensors = {"ids": ids, "logits": result.logits, "loss": result.loss.reshape(1), "greedy": greedy}
    tensors |= {"grad." + key: value.grad for key, value in model.named_parameters()}
    tensors = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    case = name + "_logits"
    save_file(tensors, os.path.join(OUT, case + ".safetensors"), metadata={"format": "pt"})
    index_path = os.path.join(OUT, "index.json")
    with open(index_path) as file:
        index = json.load(file)
    index["cases"][case] = (
        f"logits, loss, every gradient and 8 greedy tokens of {name}/, {description}; "
        f"make_models.py, transformers {transformers.__version__}, torch {torch.__version__}"
    )
    with open(index_path, "w") as file:
        json.dump(index, file, indent=1)


torch.manual_seed(17)
save(
    "gpt2_tiny",
    GPT2LMHeadModel(
        GPT2Config(vocab_size=VOCABULARY, n_positions=40, n_embd=48, n_layer=2, n_head=3, **SPECIAL)
    ),
    "a GPT-2",
)
torch.manual_seed(18)
save(
    "llama_biased",
    LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=48,
            intermediate_size=72,
            num_hidden_layers=2,
            num_attention_heads=3,
            num_key_value_heads=1,
            head_dim=24,
            max_position_embeddings=64,
            attention_bias=True,
            mlp_bias=True,
            tie_word_embeddings=True,
            **SPECIAL,
        )
    ),
    "a Llama with biases and heads of another width than hidden_size / heads",
)
