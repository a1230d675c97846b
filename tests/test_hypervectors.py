import array

import pytest

import tritter_accel as ta
from tritter_accel import vsa

LAWS = ["modular", "product", "modular_difference"]
DIM = 2048
#: The cosine of two random vectors is below it: five standard deviations, 1 / sqrt(DIM * 4 / 9).
NOISE = 5 / (DIM * 4 / 9) ** 0.5


def vectors(count, seed=0, dim=DIM):
    return [vsa.random(dim, 1000 * seed + i) for i in range(count)]


def test_the_functions_of_the_published_module_are_these():
    a, b = vectors(2)
    assert ta.vsa_bind(a, b) == vsa.bind(a, b)
    assert ta.vsa_unbind(a, b, binding="product") == vsa.unbind(a, b, binding="product")
    assert ta.vsa_bundle([a, b], weights=[2, 1]) == vsa.bundle([a, b], weights=[2, 1])
    assert ta.vsa_similarity(a, b, "dot") == vsa.similarity(a, b, "dot")
    assert ta.vsa_random(65, 3) == vsa.random(65, 3)


@pytest.mark.parametrize("dim", [1, 63, 64, 65, 1021])
@pytest.mark.parametrize("shift", [0, 1, 64, -1, 5000])
def test_permute_is_a_cyclic_shift_and_undone_by_its_opposite(dim, shift):
    v = vsa.random(dim, 1)
    moved = vsa.permute(v, shift)
    assert [moved[(i + shift) % dim] for i in range(dim)] == v.tolist()
    assert vsa.permute(moved, -shift) == v


def test_several_are_a_list_or_a_matrix():
    parts = vectors(3, dim=65)
    matrix = ta.array([part.tolist() for part in parts], dtype="int8")
    for function in (vsa.bundle, vsa.ngram, vsa.sequence, lambda items: vsa.ngrams(items, 2)):
        assert function(parts) == function(matrix) == function([p.tolist() for p in parts])
    floats = [array.array("f", part) for part in parts]
    assert vsa.ngram(floats).dtype == "float32"
    assert vsa.ngram(floats).tolist() == vsa.ngram(parts).tolist()


@pytest.mark.parametrize("law", LAWS)
def test_an_ngram_is_its_definition(law):
    a, b, c = vectors(3, dim=207)
    first = vsa.bind(vsa.permute(a, 2), vsa.permute(b, 1), binding=law)
    assert vsa.ngram([a, b, c], binding=law) == vsa.bind(first, c, binding=law)
    assert abs(vsa.similarity(vsa.ngram([a, b], binding=law), vsa.ngram([b, a], binding=law))) < 0.5
    windows = [vsa.ngram(pair, binding=law) for pair in ([a, b], [b, c], [c, a])]
    assert vsa.ngrams([a, b, c, a], 2, binding=law) == vsa.bundle(windows)


def test_a_sequence_gives_its_items_back():
    items = vectors(5)
    together = vsa.sequence(items)
    for place, item in enumerate(items):
        found = [vsa.similarity(vsa.item_at(together, place), other) for other in items]
        assert max(found) == found[place] > 2 * NOISE
        assert item == items[place]


@pytest.mark.parametrize("law", LAWS)
def test_a_record_gives_its_fillers_back(law):
    roles, fillers = vectors(3, 1), vectors(3, 2)
    memory = vsa.ItemMemory(DIM)
    for i, vector in enumerate(fillers):
        memory.add(f"filler {i}", vector)
    record = vsa.record(roles, fillers, binding=law)
    for i, role in enumerate(roles):
        ((name, cosine),) = memory.nearest(vsa.filler(record, role, binding=law))
        assert (name, cosine > NOISE) == (f"filler {i}", True)


def test_a_memory_keeps_names_in_their_order():
    memory = vsa.ItemMemory(DIM)
    names = ["b", "a", "\N{GREEK SMALL LETTER PI}"]
    stored = dict(zip(names, vectors(3), strict=True))
    for name, vector in stored.items():
        memory.add(name, vector)
    assert (list(memory), len(memory), memory.dim) == (names, 3, DIM)
    assert {name: memory[name] for name in memory} == stored
    assert "a" in memory
    assert "c" not in memory
    assert 3 not in memory
    memory.remove("a")
    assert list(memory) == ["b", names[2]]
    memory["b"][0] = 1 - abs(memory["b"][0])  # a copy
    assert memory["b"] == stored["b"]
    assert repr(memory) == f"ItemMemory(dim={DIM}, size=2)"


def test_the_nearest_are_in_the_order_of_their_cosines():
    stored = vectors(10)
    memory = vsa.ItemMemory(DIM)
    for i, vector in enumerate(stored):
        memory.add(str(i), vector)
    query = vsa.bundle(stored[3:6], weights=[3, 5, 4])
    expected = [(str(i), vsa.similarity(query, v)) for i, v in enumerate(stored)]
    expected.sort(key=lambda match: -match[1])
    assert memory.nearest(query, 4) == expected[:4]
    assert [name for name, _ in memory.nearest(query, 3)] == ["4", "5", "3"]
    assert len(memory.nearest(query, 100)) == 10


def test_a_refused_vector_leaves_the_memory_as_it_was():
    memory = vsa.ItemMemory(3)
    memory.add("a", [1, 0, -1])
    for name, vector, message in [
        ("a", [1, 1, 1], "name: expected one that is not in the memory, got 'a'"),
        ("b", [1, 1], "hypervector: expected dimension 3, got 2"),
        ("b", [1, 2, 1], "vector: trits: expected -1, 0 or 1"),
        (3, [1, 1, 1], "name: expected a string, got 3"),
    ]:
        with pytest.raises(ValueError, match=message):
            memory.add(name, vector)
    assert {name: memory[name].tolist() for name in memory} == {"a": [1, 0, -1]}
    for missing in (lambda: memory["b"], lambda: memory.remove("b")):
        with pytest.raises(KeyError, match="b"):
            missing()
    with pytest.raises(ValueError, match="k: expected at least 1, got 0"):
        memory.nearest([1, 0, 1], 0)


@pytest.mark.parametrize("law", LAWS)
def test_a_resonator_finds_the_factors(law):
    books = [vectors(6, seed) for seed in range(3)]
    product = vsa.bind(vsa.bind(books[0][5], books[1][0], binding=law), books[2][2], binding=law)
    places, cosine = vsa.Resonator(books, binding=law).factor(product)
    assert (places, cosine) == ([5, 0, 2], 1.0)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: vsa.permute([1, 0], 0.5), "shift: expected an integer, got 0.5"),
        (lambda: vsa.ngram([]), "items: expected at least 1 hypervector, got none"),
        (lambda: vsa.ngram([[1, 0], [1]]), r"items: expected rows of one length, got .*\[1, 2\]"),
        (lambda: vsa.ngram([[1, 0], [1, 2]]), r"items\[1\]: trits: expected -1, 0 or 1, got 2"),
        (lambda: vsa.ngram([[1, 0]], binding="xor"), "binding: expected one of .*, got 'xor'"),
        (lambda: vsa.ngrams([[1, 0]], 2), "items: expected at least 2, got 1"),
        (lambda: vsa.item_at([1, 0], -1), "place: expected at least 0, got -1"),
        (
            lambda: vsa.record([[1, 0]], [[1, 0]] * 2),
            "fillers: expected 1, one for each role, got 2",
        ),
        (lambda: vsa.record([[1, 0]] * 2, [[1, 0]] * 2), "roles: expected different hypervectors"),
        (lambda: vsa.record([[1, 0]], [[1, 0, 1]]), "hypervectors: expected one dimension"),
        (lambda: vsa.Resonator([[[1, 0]]]), "codebooks: expected at least 2, got 1"),
        (lambda: vsa.Resonator([[[1, 0]], [[1]]]), "hypervectors: expected one dimension"),
        (lambda: vsa.Resonator([[[1, 0]], []]), r"codebooks\[1\]: expected at least 1"),
        (lambda: vsa.ItemMemory(0), "dim: expected at least 1, got 0"),
    ],
)
def test_wrong_arguments_are_refused(run, message):
    with pytest.raises(ValueError, match=message):
        run()
