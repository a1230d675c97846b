"""Adapters from Python: PEFT's calls and files over models of every kind."""

import json
import pathlib

import pytest

import tritter_accel as ta

GOLDEN = pathlib.Path(__file__).parent / "golden"
TINY = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "layers": 2,
    "heads": 2,
    "context": 16,
    "sub_norms": False,
}
IDS = [[1, 5, 9, 2, 7, 7, 0, 30]]
KINDS = [p.name[5:] for p in sorted(GOLDEN.glob("peft_*")) if p.is_dir()]
assert len(KINDS) == 13


def dense(seed=5):
    """A dense model whose logits differ, as those of a trained one do."""
    model = ta.Model(seed=seed, weights="dense", tied_embeddings=False, **TINY)
    for name, array in model.parameters.items():
        if len(array.shape) == 2:
            for row in range(array.shape[0]):
                array[row] = [8 * value for value in array[row].tolist()]
        assert name
    model.weights_changed()
    return model


def close(a, b, bound=1e-5):
    flat = [x for row in a.tolist() for position in row for x in position]
    other = [x for row in b.tolist() for position in row for x in position]
    return max(abs(x - y) for x, y in zip(flat, other, strict=True)) <= bound


def learn(model, steps, **options):
    targets = [[*IDS[0][1:], -100]]
    optimizer = ta.AdamW(model)
    for step in range(1, steps + 1):
        model.loss_and_gradients(IDS, targets)
        optimizer.step(learning_rate=0.02, max_norm=1.0)
        for _ in range(options.get("allocate", 0)):
            model.update_and_allocate(step)


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_of_peft_is_loaded_and_saved_again(kind, tmp_path, golden):
    expected = golden(f"peft_{kind}_logits")
    base = ta.Model.from_pretrained(GOLDEN / "llama_tiny")
    model = ta.load_adapter(base, GOLDEN / f"peft_{kind}")
    ids = [[int(i) for i in row] for row in expected["ids"].tolist()]
    logits, wanted = model.logits(ids), expected["logits"].tolist()
    for got, rows in zip(logits.tolist(), wanted, strict=True):
        for position, row in zip(got, rows[-len(got) :], strict=True):
            assert position == pytest.approx(row, abs=2e-4)
    model.save_pretrained(tmp_path)
    name = "adapter_model.safetensors"
    assert (tmp_path / name).read_bytes() == (GOLDEN / f"peft_{kind}" / name).read_bytes()
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(GOLDEN / "llama_tiny")
    assert model.peft_config["default"].peft_type == config["peft_type"]
    again = ta.PeftModel.from_pretrained(None, tmp_path)  # the path that was just written
    assert again.logits(ids) == logits


@pytest.mark.parametrize(
    "config",
    [
        ta.LoraConfig(r=4, lora_alpha=8),
        ta.LoraConfig(r=4, use_dora=True, use_rslora=True, init_lora_weights="gaussian"),
        ta.LoraConfig(r=4, target_modules="all-linear", init_lora_weights="pissa"),
        ta.AdaLoraConfig(init_r=4, target_r=4, target_modules=["q_proj", "down_proj"]),
        ta.IA3Config(),
        ta.VeraConfig(r=16),
        ta.LoHaConfig(r=4),
        ta.LoKrConfig(r=4, target_modules={"up_proj"}),
        ta.OFTConfig(oft_block_size=8),
        ta.BOFTConfig(boft_block_size=4, target_modules=r".*\.(q|k)_proj"),
        ta.PromptTuningConfig(num_virtual_tokens=4),
        ta.PrefixTuningConfig(num_virtual_tokens=4),
    ],
    ids=lambda c: f"{c.peft_type}-{getattr(c, 'init_lora_weights', '')}",
)
def test_only_the_adapter_learns_and_its_file_gives_the_same(config, tmp_path):
    base = dense()
    before = base.logits(IDS)
    model = ta.get_peft_model(base, config)
    soft = config.peft_type in ("PROMPT_TUNING", "PREFIX_TUNING")
    assert soft or close(model.logits(IDS), before)
    trainable, everything = model.get_nb_trainable_parameters()
    assert trainable == sum(array.size for array in model.parameters.values())
    assert everything == base.parameter_count + trainable
    loss = model.loss(IDS)
    learn(model, 10)
    assert model.loss(IDS) < loss
    assert base.logits(IDS) == before
    model.save_pretrained(tmp_path)
    again = ta.load_adapter(base, tmp_path, "again")
    assert again.logits(IDS) == model.logits(IDS)
    assert list(again.peft_config) == ["again"]


@pytest.mark.parametrize("form", ["nf4", "fp4", "int8"])
def test_qlora_trains_an_adapter_over_few_bits(form):
    base = dense()
    packed = base.quantize(form, block_size=32, double_quant=form != "int8")
    assert packed.size_bytes < base.size_bytes
    before = packed.logits(IDS)
    model = ta.get_peft_model(packed, ta.LoraConfig(r=4, target_modules="all-linear"))
    assert model.logits(IDS) == before
    loss = model.loss(IDS)
    learn(model, 20)
    assert model.loss(IDS) < 0.8 * loss
    assert packed.logits(IDS) == before
    merged = model.merge_and_unload()
    assert type(merged) is ta.Model
    assert close(merged.logits(IDS), model.logits(IDS), 1e-3)


def test_an_adapter_over_packed_trits_is_trained_and_not_merged():
    model = ta.get_peft_model(ta.Model(seed=1, **TINY).pack(), ta.LoraConfig(r=4))
    loss = model.loss(IDS)
    learn(model, 10)
    assert model.loss(IDS) < loss
    with pytest.raises(ValueError, match="expected a dense or encoded matrix"):
        model.merge_and_unload()


def test_adapters_are_switched_weighted_summed_and_deleted():
    base = dense()
    model = ta.get_peft_model(base, ta.LoraConfig(r=2), "one", seed=1)
    learn(model, 3)
    one = model.logits(IDS)
    model.add_adapter("two", ta.LoraConfig(r=3, target_modules=["up_proj"]), seed=2)
    learn(model, 3)
    assert model.active_adapters == {"two": 1.0}
    model.set_adapter(["one", "two"], [0.5, 1.5])
    both = model.logits(IDS)
    for combination in ("cat", "svd"):
        model.add_weighted_adapter(["one", "two"], [0.5, 1.5], combination, combination, svd_rank=5)
        assert close(model.logits(IDS), both)
    assert model.peft_config["cat"].r == 5
    model.set_adapter("one")
    assert model.logits(IDS) == one
    with model.disable_adapter():
        assert model.logits(IDS) == base.logits(IDS)
        assert model.parameters == {}
    model.merge_adapter()
    assert close(model.logits(IDS), one)
    model.unmerge_adapter()
    assert model.logits(IDS) == one
    model.delete_adapter("one")
    assert (list(model.peft_config), model.active_adapters) == (
        ["two", "cat", "svd"],
        {},
    )
    with pytest.raises(ValueError, match="name: expected one of"):
        model.set_adapter("one")


def test_dropout_acts_in_training_alone():
    model = ta.get_peft_model(dense(), ta.LoraConfig(r=4, lora_dropout=0.5), seed=3)
    learn(model, 2)
    targets = [[*IDS[0][1:], -100]]
    assert model.loss(IDS) == model.loss(IDS)
    losses = {model.loss_and_gradients(IDS, targets) for _ in range(3)}
    assert len(losses) == 3


def test_adalora_lowers_its_ranks():
    config = ta.AdaLoraConfig(
        init_r=6, target_r=2, tinit=2, tfinal=2, deltaT=1, total_step=12,
        target_modules="all-linear",
    )  # fmt: skip
    model = ta.get_peft_model(dense(), config)
    targets = [[*IDS[0][1:], -100]]
    plain = model.loss(IDS)
    assert model.loss_and_gradients(IDS, targets) > plain  # with the orthogonal term
    learn(model, 12, allocate=1)
    values = [v for n, a in model.parameters.items() if "lora_E" in n for v in a.tolist()]
    assert sum(value != [0.0] for value in values) == 2 * 14


def test_a_prompt_begins_as_a_text_and_generates():
    base = dense()
    config = ta.PromptTuningConfig(
        num_virtual_tokens=3, prompt_tuning_init="TEXT", prompt_tuning_init_text="ab"
    )
    model = ta.get_peft_model(base, config)
    assert model.context == base.context - 3
    greedy = {"temperature": 0}
    assert model.generate("c", 5, **greedy) == base.generate("abac", 5, **greedy)
    with pytest.raises(ValueError, match="expected an adapter that matrices can hold"):
        model.merge_and_unload()
    with pytest.raises(ValueError, match="prompt_tuning_init_text: expected a text"):
        model.add_adapter("x", ta.PromptTuningConfig(prompt_tuning_init="TEXT"))


def test_the_path_of_the_base_model_may_be_another(tmp_path):
    base = dense()
    base.save_pretrained(tmp_path / "model")
    config = ta.LoraConfig(r=2, base_model_name_or_path="org/name")
    model = ta.get_peft_model(base, config)
    learn(model, 2)
    model.save_pretrained(tmp_path / "adapter")
    saved = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert saved["base_model_name_or_path"] == "org/name"
    again = ta.load_adapter(tmp_path / "model", tmp_path / "adapter")
    assert again.logits(IDS) == model.logits(IDS)
    with pytest.raises(OSError, match="org"):
        ta.load_adapter(None, tmp_path / "adapter")


def test_a_model_with_adapters_prints_what_learns_and_keeps_its_matrices(capsys, tmp_path):
    model = ta.get_peft_model(dense(), ta.LoraConfig(r=1, target_modules=["q_proj"]))
    model.print_trainable_parameters()
    assert capsys.readouterr().out.startswith("trainable params: 128 || all params: ")
    with pytest.raises(RuntimeError, match="expected a model without adapters"):
        model.pack()
    with pytest.raises(RuntimeError, match="expected a model without adapters"):
        model.export_gguf(tmp_path / "x.gguf", "f32")
    with pytest.raises(ValueError, match="expected one without adapters"):
        ta.get_peft_model(model, ta.LoraConfig())


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (ta.LoraConfig(r=0), "r: expected at least 1, got 0"),
        (ta.LoraConfig(bias="all"), "bias: expected none"),
        (ta.LoraConfig(init_lora_weights="eva"), "init_lora_weights: expected true"),
        (ta.LoraConfig(target_modules=["nothing"]), "expected ends of names such as"),
        (ta.LoraConfig(target_modules=[]), "expected names or a pattern"),
        (
            ta.PrefixTuningConfig(num_virtual_tokens=16),
            r"num_virtual_tokens: expected 1\.0 to 15\.0, got 16",
        ),
        (ta.OFTConfig(oft_block_size=7), "expected"),
    ],
)
def test_what_does_not_fit_is_refused(config, message):
    model = ta.get_peft_model(dense(), ta.LoraConfig(r=2))
    before = model.logits(IDS)
    with pytest.raises(ValueError, match=message):
        model.add_adapter("second", config)
    assert model.logits(IDS) == before
    assert list(model.peft_config) == ["default"]
    with pytest.raises(ValueError, match="expected a new name"):
        model.add_adapter("default", ta.LoraConfig())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "config",
    [
        ta.LoraConfig(r=4, target_modules="all-linear", use_rslora=True),
        ta.LoraConfig(r=4, use_dora=True),
        ta.IA3Config(),
        ta.LoKrConfig(r=4, target_modules=["up_proj"]),
        ta.BOFTConfig(target_modules=["q_proj"]),
        ta.PromptTuningConfig(num_virtual_tokens=3),
        ta.PrefixTuningConfig(num_virtual_tokens=3),
    ],
    ids=lambda c: f"{c.peft_type}-{getattr(c, 'use_dora', '')}",
)
def test_peft_computes_the_same_with_an_adapter_that_was_trained_here(config, tmp_path):
    reason = "peft is not installed"
    peft = pytest.importorskip("peft", reason=reason)
    torch = pytest.importorskip("torch", reason=reason)
    transformers = pytest.importorskip("transformers", reason=reason)
    model = ta.get_peft_model(ta.Model.from_pretrained(GOLDEN / "llama_tiny"), config)
    learn(model, 5)
    model.save_pretrained(tmp_path)
    base = transformers.AutoModelForCausalLM.from_pretrained(GOLDEN / "llama_tiny")
    theirs = peft.PeftModel.from_pretrained(base, tmp_path).eval()
    with torch.no_grad():
        wanted = theirs(torch.tensor(IDS)).logits[:, -len(IDS[0]) :].tolist()
    for got, row in zip(model.logits(IDS).tolist()[0], wanted[0], strict=True):
        assert got == pytest.approx(row, abs=1e-4)
