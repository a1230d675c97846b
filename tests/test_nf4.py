"""Weights of 4 and 8 bits: against reference cases, and against bitsandbytes where it is there."""

import json
import pathlib

import pytest

import tritter_accel as ta
from tritter_accel import nf4

GOLDEN = pathlib.Path(__file__).parent / "golden"
IDS = [[1, 2, 3, 4, 5, 6, 7, 8]]
MATRIX = "model.layers.0.self_attn.q_proj.weight"


@pytest.mark.parametrize("quant_type", ["nf4", "fp4"])
@pytest.mark.parametrize("double", [False, True])
def test_bytes_and_numbers_are_those_of_bitsandbytes(golden, quant_type, double):
    case = golden(quant_type + ("_double_quant" if double else ""))
    t = nf4.quantize(case["weight"], quant_type=quant_type, double_quant=double)
    assert t.packed.tolist() == case["packed"].reshape(-1).tolist()
    assert t.dequantize().tolist() == case["dequantized"].tolist()
    if not double:
        assert t.absmax.tolist() == case["absmax"].tolist()
    assert t.nbytes < 0.6 * t.shape[0] * t.shape[1] + 2000


def test_a_layer_computes_what_its_dequantized_weight_does(golden):
    weight = golden("nf4")["weight"]
    layer = nf4.create_nf4linear(weight, [0.5] * weight.shape[0])
    x = [[(i % 7 - 3) * 0.25 for i in range(weight.shape[1])] for _ in range(3)]
    got = layer(x).tolist()
    for row, y in zip(x, got, strict=True):
        for w, value in zip(layer.weight.dequantize().tolist(), y, strict=True):
            wanted = 0.5 + sum(a * b for a, b in zip(w, row, strict=True))
            assert abs(value - wanted) < 1e-5  # 128 float32 products
    dx = layer.backward([[1.0] + [0.0] * (weight.shape[0] - 1)])
    assert dx.tolist()[0] == layer.weight.dequantize().tolist()[0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="block_size: expected at least 32, got 16"):
        nf4.quantize([[1.0]], 16)
    with pytest.raises(ValueError, match="blockSize: expected a power of two, 32 to 4096, got 96"):
        nf4.quantize([[1.0]], 96)
    with pytest.raises(ValueError, match="quant_type: expected one of"):
        nf4.quantize([[1.0]], quant_type="int4")
    with pytest.raises(ValueError, match="weight"):
        nf4.quantize([1.0])
    with pytest.raises(ValueError, match=r"input: expected shape \[..., 2\], got \[1, 3\]"):
        nf4.create_nf4linear([[1.0, 2.0]])([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="bias"):
        nf4.create_nf4linear([[1.0, 2.0]], [1.0, 2.0])


@pytest.mark.parametrize("to", ["bitnet", "nf4", "fp4", "int8"])
def test_a_checkpoint_is_quantized_and_loads(to, tmp_path):
    report = ta.quantize_checkpoint(GOLDEN / "llama_tiny", tmp_path, to, double_quant=True)
    layers = json.loads((tmp_path / "config.json").read_text())["num_hidden_layers"]
    assert len(report) == 7 * layers
    first = next(row for row in report if row["name"] == MATRIX)
    assert first["bytes_after"] < first["bytes_before"] / 3
    assert 0 < first["error"] < {"bitnet": 0.7, "nf4": 0.15, "fp4": 0.25, "int8": 0.02}[to]
    model = ta.Model.from_pretrained(tmp_path)
    assert model.logits(IDS).shape[:2] == (1, 8)


def test_what_cannot_be_quantized_is_refused(tmp_path):
    with pytest.raises(ValueError, match="to: expected one of"):
        ta.quantize_checkpoint(GOLDEN / "llama_tiny", tmp_path, "int3")
    with pytest.raises(ValueError, match="expected a matrix of F32, F16 or BF16"):
        ta.quantize_checkpoint(GOLDEN / "bitnet_packed", tmp_path, "bitnet")
    with pytest.raises(OSError, match=r"config\.json"):
        ta.quantize_checkpoint(tmp_path, tmp_path / "out", "nf4")


@pytest.mark.parametrize(
    ("source", "to", "bound"),
    [
        ("dense", "nf4", 2e-4),
        ("dense", "fp4", 2e-4),
        # bitsandbytes rounds activations to 8 bits too, and outliers not
        ("dense", "int8", 0.05),
        # a tipped rounding of an 8-bit activation changes more than a float32 sum does
        ("dense", "bitnet", 0.05),
        ("bitnet_plain", "bitnet", 0.05),
    ],
)
def test_transformers_loads_what_was_quantized(source, to, bound, tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    if to != "bitnet":
        pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
        pytest.importorskip("accelerate", reason="accelerate is not installed")
    model, out = GOLDEN / source, tmp_path / "out"
    if source == "dense":
        model = tmp_path / "dense"
        # Rows of whole blocks: on a CPU with AVX-512 bitsandbytes 0.50 decodes others wrongly.
        sizes = {"hidden_size": 64, "intermediate_size": 192, "layers": 2, "heads": 4}
        ta.Model(**sizes, kv_heads=2, weights="dense", sub_norms=False).save_pretrained(model)
    ta.quantize_checkpoint(model, out, to, double_quant=to == "fp4")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(out, device_map="cpu")
    theirs.train()  # outside of training bitsandbytes computes in bfloat16 where the CPU has it
    with torch.no_grad():
        wanted = theirs(torch.tensor(IDS)).logits.float()
    got = torch.tensor(ta.Model.from_pretrained(out).logits(IDS).tolist())
    errors = ((got - wanted).abs().amax(-1) / wanted.abs().max()).flatten()
    assert errors.median() <= bound


def test_bitsandbytes_reads_the_same_bytes(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    reason = "bitsandbytes is not installed"
    functional = pytest.importorskip("bitsandbytes.functional", reason=reason)
    generator = torch.Generator().manual_seed(3)
    for rows, cols, block in [(64, 96, 32), (33, 130, 64), (256, 256, 128)]:
        w = torch.randn(rows, cols, generator=generator)
        for kind in ("nf4", "fp4"):
            packed, state = functional.quantize_4bit(w, blocksize=block, quant_type=kind)
            ours = nf4.quantize(w.tolist(), block, kind)
            assert ours.packed.tolist() == packed.flatten().tolist()
            assert ours.absmax.tolist() == state.absmax.tolist()
