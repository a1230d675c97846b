import array

import pytest

import tritter_accel as ta

LAWS = ["modular", "product", "modular_difference"]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("dim", [1, 63, 64, 65, 1021])
def test_unbind_takes_apart_what_bind_joined(law, dim):
    a, b = ta.vsa_random(dim, 1), ta.vsa_random(dim, 2)
    again = ta.vsa_unbind(ta.vsa_bind(a, b, binding=law), b, binding=law)
    assert all(x == y for x, y, z in zip(again, a, b, strict=True) if z or law != "product")


def test_the_laws():
    a, b = [1, 1, 1, 0, -1, -1], [1, 0, -1, 0, 1, -1]
    assert ta.vsa_bind(a, b) == [-1, 1, 0, 0, 0, 1]
    assert ta.vsa_bind(a, b, binding="product") == [1, 0, -1, 0, -1, 1]
    assert ta.vsa_bind(a, b, binding="modular_difference") == [0, 1, -1, 0, 1, 0]


def test_a_bundle_resembles_its_parts():
    parts = [ta.vsa_random(1021, seed) for seed in range(3)]
    bundle = ta.vsa_bundle(parts)
    stranger = ta.vsa_random(1021, 99)
    assert all(ta.vsa_similarity(bundle, part) > 0.4 for part in parts)
    assert abs(ta.vsa_similarity(bundle, stranger)) < 0.15
    matrix = ta.array([part.tolist() for part in parts], dtype="int8")
    assert ta.vsa_bundle(matrix) == bundle
    assert ta.vsa_bundle(parts, weights=[0.0, 2.0, 0.0]) == parts[1]


def test_random_vectors_are_balanced_and_different():
    a, b = ta.vsa_random(30_000, 1), ta.vsa_random(30_000, 2)
    bound = 5 * (30_000 * 2 / 9) ** 0.5  # five standard deviations of a count
    assert all(abs(a.tolist().count(trit) - 10_000) < bound for trit in (-1, 0, 1))
    assert abs(ta.vsa_similarity(a, b)) < 0.05
    assert ta.vsa_similarity(a, b, "hamming") == pytest.approx(2 / 3, abs=0.02)


def test_results_have_the_type_of_the_first_argument():
    trits = [1, -1, 0]
    assert ta.vsa_bind(trits, trits).dtype == "int8"
    assert ta.vsa_bind([1.0, -1.0, 0.0], trits).dtype == "int8"
    assert ta.vsa_bind(array.array("f", trits), trits).dtype == "float32"
    assert ta.vsa_bind(ta.array(trits), trits) == [-1.0, 1.0, 0.0]
    assert ta.vsa_bundle([ta.array(trits)] * 3).dtype == "float32"


def test_similarity_of_nothing_is_zero():
    assert ta.vsa_similarity([0, 0], [1, 1]) == 0.0


@pytest.mark.parametrize("function", [ta.vsa_bind, ta.vsa_unbind, ta.vsa_similarity])
@pytest.mark.parametrize(
    ("a", "b", "options", "message"),
    [
        ([1, 2], [1, 1], {}, "a: trits: expected -1, 0 or 1, got 2.0 at 1"),
        ([1, 0.5], [1, 1], {}, "a: element 1: expected a whole number in range, got 0.5"),
        ([1, 1], [1, float("nan")], {}, "b: element 1: expected a whole number in range, got NaN"),
        ([1, 1], [1, 1, 1], {}, "hypervectors: expected one dimension, got 2 and 3"),
        ([[1, 1]], [1, 1], {}, r"a: expected 1 dimensions, got shape \[1, 2\]"),
        ([], [], {}, "a: expected at least 1 element"),
        ([1], [1], {"device": "tpu"}, "Unknown device 'tpu'"),
    ],
)
def test_wrong_arguments_are_refused(function, a, b, options, message):
    with pytest.raises(ValueError, match=message):
        function(a, b, **options)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"binding: expected one of .*modular.*, got 'xor'"):
        ta.vsa_bind([1], [1], binding="xor")
    with pytest.raises(ValueError, match=r"metric: expected one of .*cosine.*, got l2"):
        ta.vsa_similarity([1], [1], "l2")
    with pytest.raises(ValueError, match="dim: expected at least 1, got 0"):
        ta.vsa_random(0, 1)
    with pytest.raises(ValueError, match="seed: expected an integer, got 'a'"):
        ta.vsa_random(8, "a")
    with pytest.raises(ValueError, match="vectors: expected"):
        ta.vsa_bundle([])
    with pytest.raises(ValueError, match="vectors: expected rows of one length"):
        ta.vsa_bundle([[1, 0], [1]])
    with pytest.raises(ValueError, match="weights: expected"):
        ta.vsa_bundle([[1, 0], [1, 1]], weights=[1.0])


NO_GPU = pytest.mark.skipif(ta.cuda_available(), reason="there is a device")
GPU = pytest.mark.skipif(not ta.cuda_available(), reason="needs TornadoVM and a device")
A, B = [1, 1, 0, -1], [1, -1, 0, -1]
ON_A_DEVICE = [
    lambda device: ta.vsa_bind_gpu(A, B, device),
    lambda device: ta.vsa_unbind_gpu(A, B, device),
    lambda device: ta.vsa_bundle_gpu([A, B, A], device),
    lambda device: ta.vsa_similarity_gpu(A, B, "dot", device),
    lambda device: ta.vsa_random_gpu(1000, 7, device),
]


@NO_GPU
@pytest.mark.parametrize("function", ON_A_DEVICE)
def test_cuda_does_not_fall_back(function):
    with pytest.raises(ValueError, match=r"device: expected a kernel backend for CUDA, got .*"):
        function("cuda")


@pytest.mark.parametrize("function", ON_A_DEVICE)
def test_auto_falls_back_to_the_cpu(function):
    assert function("auto") == function("cpu")


@GPU
@pytest.mark.parametrize("function", ON_A_DEVICE)
def test_a_device_gives_what_the_cpu_gives(function):
    assert function("cuda") == function("cpu")
