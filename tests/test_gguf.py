"""GGUF files: written, read again, and read by the gguf package where that is installed."""

import pathlib

import pytest

import tritter_accel as ta

SIZES = {"hidden_size": 256, "intermediate_size": 512, "layers": 2, "heads": 4, "context": 32}
GOLDEN = pathlib.Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def model():
    return ta.Model(seed=4, **SIZES).pack()


@pytest.mark.parametrize("type", ["f32", "F16", "bf16", "q8_0", "tq1_0", "tq2_0"])
def test_a_model_goes_through_a_file(model, tmp_path, type):
    model.export_gguf(tmp_path / "model.gguf", type)
    again = ta.Model.from_gguf(tmp_path / "model.gguf")
    assert again.parameter_count == model.parameter_count
    wanted, got = model.logits([1, 2, 3]), again.logits([1, 2, 3])
    if type == "f32":
        assert got == wanted
        assert again.generate("ab", 3, temperature=0) == model.generate("ab", 3, temperature=0)
    # Scales and embeddings are rounded to 8 bits at worst; the logits are below 2.
    assert max(abs(x - y) for x, y in zip(flat(got), flat(wanted), strict=True)) < 0.05


def test_the_gguf_package_reads_the_same_numbers(model, tmp_path):
    gguf = pytest.importorskip("gguf", reason="the gguf package is not installed")
    path = tmp_path / "model.gguf"
    model.export_gguf(path, "tq2_0")
    reader = gguf.GGUFReader(path)
    tensors = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    assert len(tensors) == 2 + 2 * 11
    table = model.parameters["model.embed_tokens.weight"]
    assert tensors["token_embd.weight"].shape == table.shape
    given = [x for row in tensors["token_embd.weight"].tolist() for x in row]
    # half an ulp of float16 below 0.125
    assert max(abs(x - y) for x, y in zip(given, flat(table), strict=True)) <= 2**-14
    trits = tensors["blk.0.attn_q.weight"]
    assert trits.shape == (256, 256)
    assert len({abs(x) for x in trits.ravel().tolist()} - {0.0}) == 1
    fields = reader.fields
    assert fields["general.architecture"].contents() == "bitnet"
    assert fields["bitnet.block_count"].contents() == 2
    tokens = fields["tokenizer.ggml.tokens"].contents()
    assert (len(tokens), tokens[ord("a")], tokens[ord(" ")]) == (256, "a", "\u0120")


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_transformers_computes_the_same_from_a_file(tmp_path, kind):
    reason = "transformers is not installed"
    transformers = pytest.importorskip("transformers", reason=reason)
    torch = pytest.importorskip("torch", reason=reason)
    pytest.importorskip("gguf", reason="the gguf package is not installed")
    if kind == "gpt2":
        # transformers does not read the length of the context, and takes 1024.
        model = ta.Model.gpt2(hidden_size=64, layers=2, heads=4, context=1024, seed=3)
    else:
        model = ta.Model(weights="dense", sub_norms=False, tied_embeddings=False, seed=3, **SIZES)
    model.export_gguf(tmp_path / "m.gguf", "f32")
    ids = [10, 200, 33, 7, 7, 91]
    with torch.no_grad():
        peer = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="m.gguf")
        wanted = peer(torch.tensor([ids])).logits.flatten().tolist()
    got = flat(model.logits(ids))
    largest = max(map(abs, wanted))
    assert max(abs(x - y) for x, y in zip(got, wanted, strict=True)) < 2e-4 * largest


@pytest.mark.parametrize("kind", ["llama", "gpt2", "bitnet"])
def test_llama_cpp_computes_the_same_from_a_file(tmp_path, kind):
    llama_cpp = pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed")
    if kind == "gpt2":
        model = ta.Model.gpt2(hidden_size=64, layers=2, heads=4, context=256, seed=3)
    elif kind == "llama":
        model = ta.Model(weights="dense", sub_norms=False, tied_embeddings=False, seed=3, **SIZES)
    else:
        model = ta.Model(seed=3, activation="silu", **SIZES).pack()
    model.export_gguf(tmp_path / "m.gguf", "tq2_0" if kind == "bitnet" else "f32")
    ids = [10, 200, 33, 7, 7, 91]
    peer = llama_cpp.Llama(str(tmp_path / "m.gguf"), n_ctx=256, logits_all=True, verbose=False)
    peer.eval(ids)
    wanted = peer.scores[: len(ids)].flatten().tolist()
    got = flat(model.logits(ids))
    largest = max(map(abs, wanted))
    # llama.cpp keeps keys and values in float16, and rounds a BitNet's activations by other blocks
    tolerance = 5e-2 if kind == "bitnet" else 2e-3
    assert max(abs(x - y) for x, y in zip(got, wanted, strict=True)) < tolerance * largest


def test_a_tokenizer_is_carried(tmp_path):
    model = ta.Model(seed=4, vocab_size=300, **SIZES).pack()
    model.export_gguf(tmp_path / "m.gguf", tokenizer=GOLDEN / "tokenizer_bpe")
    again = ta.Model.from_gguf(tmp_path / "m.gguf")
    assert isinstance(again.generate("To be", 3, seed=1), str)


def test_what_a_file_cannot_hold_is_refused(model, tmp_path):
    with pytest.raises(ValueError, match="type: expected one of"):
        model.export_gguf(tmp_path / "m.gguf", "q9")
    dense = ta.Model(weights="dense", sub_norms=False, **SIZES)
    with pytest.raises(ValueError, match="for a dense model"):
        dense.export_gguf(tmp_path / "m.gguf", "tq2_0")
    with pytest.raises(ValueError, match="no sub-norms"):
        ta.Model(weights="dense", **SIZES).export_gguf(tmp_path / "m.gguf", "f16")
    assert not (tmp_path / "m.gguf").exists()
    with pytest.raises(OSError, match=r"none\.gguf"):
        ta.Model.from_gguf(tmp_path / "none.gguf")
    (tmp_path / "bad.gguf").write_bytes(b"GGUF")
    with pytest.raises(ValueError, match=r"bad\.gguf, byte 4"):
        ta.Model.from_gguf(tmp_path / "bad.gguf")


def flat(array):
    return array.reshape(-1).tolist()


def test_the_gguf_package_reads_a_lora_adapter(tmp_path):
    gguf = pytest.importorskip("gguf", reason="the gguf package is not installed")
    base = ta.Model.from_pretrained(GOLDEN / "llama_tiny")
    model = ta.load_adapter(base, GOLDEN / "peft_lora")
    model.export_gguf_adapter(tmp_path / "lora.gguf", "f32")
    reader = gguf.GGUFReader(tmp_path / "lora.gguf")
    fields = {name: field.contents() for name, field in reader.fields.items()}
    keys = gguf.Keys.Adapter
    assert (fields["general.type"], fields["general.architecture"]) == (
        "adapter",
        "llama",
    )
    assert (fields[keys.TYPE], fields[keys.LORA_ALPHA]) == ("lora", 8.0)
    tensors = {t.name: t.data for t in reader.tensors}
    assert sorted(tensors) == [
        f"blk.{i}.attn_{m}.weight.lora_{part}" for i in (0, 1) for m in "qv" for part in "ab"
    ]
    parameters = model.parameters
    prefix = "model.layers.0.self_attn."
    a = tensors["blk.0.attn_q.weight.lora_a"]
    b = tensors["blk.0.attn_q.weight.lora_b"]
    assert a.tolist() == parameters[prefix + "q_proj.lora_A.default.weight"].tolist()
    rows = parameters[prefix + "q_proj.lora_B.default.weight"].tolist()
    # llama.cpp rotates neighbours where transformers rotates the halves of a head of 16
    order = [16 * head + 8 * (i % 2) + i // 2 for head in range(4) for i in range(16)]
    assert b.tolist() == [rows[i] for i in order]
    value = tensors["blk.0.attn_v.weight.lora_b"].tolist()
    assert value == parameters[prefix + "v_proj.lora_B.default.weight"].tolist()
