"""Directories that are saved here load in Hugging Face transformers, where that is installed."""

import pytest

import tritter_accel as ta

SIZES = {"hidden_size": 48, "layers": 2, "heads": 3, "context": 32, "seed": 7}
LLAMA = SIZES | {"intermediate_size": 72, "kv_heads": 1}
DENSE = LLAMA | {"weights": "dense", "sub_norms": False}
IDS = [[1, 2, 3, 200, 77], [9, 8, 7, 6, 5]]
MODELS = {
    "gpt2": lambda: ta.Model.gpt2(**SIZES),
    "llama": lambda: ta.Model(**DENSE),
    "biased": lambda: ta.Model(**DENSE, head_dim=24, attention_bias=True, mlp_bias=True),
    "sub_norms": lambda: ta.Model(**LLAMA | {"weights": "dense"}),
    "bitnet": lambda: ta.Model(**LLAMA),
    "packed": lambda: ta.Model(**LLAMA).pack(),
}


@pytest.mark.parametrize("kind", MODELS)
def test_transformers_computes_the_same_logits(kind, tmp_path):
    reason = "transformers is not installed"
    pytest.importorskip("torch", reason=reason)
    transformers = pytest.importorskip("transformers", reason=reason)
    model = MODELS[kind]()
    if "bias" in kind or kind == "gpt2":
        for array in model.parameters.values():  # biases start as zeros, which would hide them
            if array.ndim == 1:
                for i in range(array.size):
                    array[i] = array[i] + (i % 7 - 3) * 0.03125
    model.save_pretrained(tmp_path)
    theirs, report = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path, output_loading_info=True
    )
    assert not any(report.values()), report
    torch = pytest.importorskip("torch")
    with torch.no_grad():
        wanted = theirs.eval()(torch.tensor(IDS)).logits
    got = torch.tensor(model.logits(IDS).tolist())
    errors = ((got - wanted).abs().amax(-1) / wanted.abs().max()).flatten()
    # float32 sums in another order, which now and then tip the rounding of an 8-bit activation
    assert errors.median() <= 2e-4
    assert errors.max() <= (0.05 if kind in ("bitnet", "packed") else 2e-4)


@pytest.mark.parametrize("kind", MODELS)
def test_a_directory_gives_the_same_bits_again(kind, tmp_path):
    model = MODELS[kind]()
    model.save_pretrained(tmp_path)
    again = ta.Model.from_pretrained(tmp_path)
    assert again.logits(IDS) == model.logits(IDS)
    assert again.generate([1, 2], 5, temperature=0) == model.generate([1, 2], 5, temperature=0)
