import pathlib

import pytest

import tritter_accel as ta

TINY = {"hidden_size": 16, "intermediate_size": 24, "layers": 1, "heads": 2, "context": 8}


@pytest.fixture
def model():
    return ta.Model(seed=5, **TINY)


def snapshot(model):
    return {name: array.copy() for name, array in model.parameters.items()}


def test_the_same_seed_gives_the_same_bits(model):
    assert ta.Model(seed=5, **TINY).logits([1, 2, 3]) == model.logits([1, 2, 3])
    assert ta.Model(seed=6, **TINY).logits([1, 2, 3]) != model.logits([1, 2, 3])


def test_the_packed_model_says_the_same_in_less_memory(model, tmp_path):
    ids = [[1, 2, 3, 4], [250, 0, 9, 9]]
    packed = model.pack()
    assert packed.logits(ids) == model.logits(ids)
    assert packed.loss(ids) == model.loss(ids)
    assert packed.size_bytes < model.size_bytes
    assert packed.parameter_count == model.parameter_count
    packed.save_pretrained(tmp_path / "model")
    again = ta.Model.from_pretrained(tmp_path / "model")
    assert again.logits(ids) == packed.logits(ids)
    assert (again.vocab_size, again.context) == (256, 8)


def test_generation_stops_and_streams(model):
    text = model.generate("ab", 20, seed=3)
    pieces = list(model.stream("ab", 20, seed=3))
    assert "".join(pieces) == text
    cut = text[len(text) // 2]
    stopped = model.generate("ab", 20, seed=3, stop=[cut, "never"])
    assert stopped == text[: text.index(cut)]
    assert model.generate(b"ab", 20, seed=3) == bytes(model.generate(list(b"ab"), 20, seed=3))
    with pytest.raises(ValueError, match="repetitionPenalty"):
        model.generate("ab", 1, repetition_penalty=0.0)
    with pytest.raises(TypeError, match="expected options of"):
        model.stream("ab", 1, temprature=0)


def test_a_penalty_keeps_ids_from_coming_again(model):
    ids = model.generate([1, 2], 6, temperature=0, repetition_penalty=1e9)
    assert len(set(ids)) == 6


def test_a_sharded_directory_is_read():
    golden = pathlib.Path(__file__).parent / "golden"
    model = ta.Model.from_pretrained(golden / "llama_sharded")
    whole = ta.Model.from_pretrained(golden / "llama_tiny")
    assert model.logits([1, 5, 9]) == whole.logits([1, 5, 9])


def test_gradients_are_views_that_a_step_follows(model):
    gradients = model.gradients
    loss = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    assert model.gradients is gradients
    assert any(value != 0 for value in gradients["model.norm.weight"])
    optimizer = ta.AdamW(model)
    before = snapshot(model)
    given = {name: array.copy() for name, array in gradients.items()}
    assert optimizer.step(given, learning_rate=0.01, max_norm=1.0) > 0
    assert model.parameters["model.norm.weight"] != before["model.norm.weight"]
    assert model.loss([[1, 2, 3]], [[2, 3, 4]]) < loss


OPTIMIZERS = [ta.AdamW, ta.CautiousAdamW, ta.NAdam, ta.Muon]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_by_own_and_by_given_gradients_are_equal(optimizer):
    models = [ta.Model(seed=5, **TINY) for _ in range(2)]
    for trained, own in zip(models, (True, False), strict=True):
        trained.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
        optimizer(trained).step(None if own else trained.gradients, learning_rate=0.01)
    assert models[0].logits([7, 8]) == models[1].logits([7, 8])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns_by_heart(optimizer):
    trained = ta.Model(seed=5, **TINY)
    steps = optimizer(trained)
    losses = []
    for _ in range(30):
        losses.append(trained.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]]))
        steps.step(learning_rate=0.03125, max_norm=1.0)
    assert losses[-1] < losses[0] / 4


def test_writing_weights_from_outside(model):
    before = model.logits([1, 2])
    weight = model.parameters["model.layers.0.self_attn.q_proj.weight"]
    weight[0, 0] = 100.0
    model.weights_changed()
    assert model.logits([1, 2]) != before
    weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"q_proj.weight.*expected.*NaN"):
        model.weights_changed()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.logits([1, 256]), r"ids\[1\]: expected 0 to 255, got 256"),
        (lambda m: m.logits([[1] * 9]), "ids: expected at most 8 a sequence, got 9"),
        (lambda m: m.logits([]), "ids: expected at least 1 element"),
        (lambda m: m.logits([[[1]]]), r"ids: expected shape \[batch, length\], got \[1, 1, 1\]"),
        (lambda m: m.logits([0.5]), "ids: expected"),
        (lambda m: m.loss_and_gradients([[1, 2]], [[1]]), r"targets: expected shape \[1, 2\]"),
        (lambda m: m.loss([[1]], [[300]]), "targets: expected 0 to 255"),
        (lambda m: m.generate("", 3), "prompt: expected at least 1 element"),
        (lambda m: m.generate("a", 3, temperature=-1), "temperature: expected"),
        (lambda m: m.generate("a", 3, top_p=0), "topP: expected"),
        (lambda m: ta.Model(heads=3), "hiddenSize: expected a multiple of 2 . heads = 6, got 128"),
        (lambda m: ta.Model(weights="int4"), "weights: expected one of .*bitnet.*, got 'int4'"),
        (lambda m: ta.AdamW(m, betas=(1.5, 0.9)), "beta1: expected"),
        (lambda m: ta.CautiousAdamW(m, eps=0.0), "epsilon: expected"),
        (lambda m: ta.NAdam(m, momentum_decay=-1.0), "momentum_decay: expected"),
        (lambda m: ta.Muon(m, iterations=0), "iterations: expected at least 1, got 0"),
    ],
)
def test_what_does_not_fit_is_refused(model, call, message):
    before = model.logits([3, 4])
    with pytest.raises(ValueError, match=message):
        call(model)
    assert model.logits([3, 4]) == before


def test_a_refused_gradient_changes_nothing(model):
    optimizer = ta.AdamW(model)
    model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    good = {name: array.copy() for name, array in model.gradients.items()}
    before = snapshot(model)
    short = {name: array for name, array in good.items() if name != "model.norm.weight"}
    broken = good | {"model.norm.weight": [float("nan")] * 16}
    for gradients in (short, good | {"unknown": [1.0]}, broken):
        with pytest.raises(ValueError, match="expected"):
            optimizer.step(gradients, learning_rate=0.01)
    assert all(model.parameters[name] == array for name, array in before.items())


def test_a_directory_that_is_no_model(tmp_path):
    with pytest.raises(OSError, match=r"config\.json"):
        ta.Model.from_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ValueError, match="expected model_type bitnet, llama or gpt2, got 'bert'"):
        ta.Model.from_pretrained(tmp_path)


def test_presets_have_the_sizes_of_their_names():
    sizes = ta.presets(batch=2, length=64)
    assert next(iter(sizes)) == "100m"
    assert sizes["7b"]["layers"] == 32
    small, all_kept = (
        ta.presets(checkpoint_every=n)["gpt2_xl"]["training_bytes"] for n in (4, None)
    )
    assert 16 * sizes["gpt2_xl"]["parameters"] < small < all_kept
    with pytest.raises(ValueError, match="batch: expected at least 1, got 0"):
        ta.presets(batch=0)
    with pytest.raises(ValueError, match=r"preset: expected one of \[100m, .*got '8b'"):
        ta.Model.from_preset("8b")


def test_a_negative_number_of_new_tokens_is_refused(model):
    for make in (model.generate, model.stream):
        with pytest.raises(ValueError, match="max_new_tokens: expected at least 0, got -3"):
            make("a", -3)


def test_generation_takes_text_bytes_and_ids(model):
    text = model.generate("abc", 5, seed=1)
    raw = model.generate(b"abc", 5, seed=1)
    ids = model.generate([97, 98, 99], 5, seed=1)
    assert bytes(ids) == raw
    assert raw.decode(errors="replace") == text
    assert model.generate([97], 20, temperature=0) == model.generate([97], 20, top_k=1)


def test_a_corpus_has_two_parts_and_batches_that_repeat(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(f"{i} lines of text\n" for i in range(500)))
    text = ta.TextCorpus(path, held_out_limit=100)
    assert text.held_out_bytes == 100
    assert "TextCorpus(1 files" in repr(text)
    first, second = (next(text.batches(2, 8, seed=3)) for _ in range(2))
    assert first[0] == second[0]
    ids, targets = first
    assert ids.dtype == "int32"
    assert ids[:, 1:].tolist() == targets[:, :-1].tolist()
    assert sum(count for *_, count in text.held_out(4, 8)) == 99
    assert text.baselines()["bigram"] < text.baselines()["unigram"]
    with pytest.raises(OSError, match="nowhere"):
        ta.TextCorpus(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="expected"):
        text.batches(1, 100_000)
