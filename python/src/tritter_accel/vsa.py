"""Hypervectors: bind, bundle, permute, compare; sequences, records and memories made of them.

A hypervector is an array ``[dim]`` of the trits -1, 0 and 1 of any dtype; several are a list of
them or an array ``[n, dim]``. Results are int8, and float32 where the first argument is an array
of floats; NumPy arrays where it was one.

``binding`` is the law that joins two: ``modular``: the sum modulo 3, exactly invertible;
``product``: element by element; ``modular_difference``: for data that trit-vsa made.
"""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import ABSENT, Arrays, call
from ._convert import array, asarray, empty, integer, like, read, seed_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = [
    "ItemMemory",
    "Resonator",
    "bind",
    "bundle",
    "filler",
    "item_at",
    "ngram",
    "ngrams",
    "permute",
    "random",
    "record",
    "sequence",
    "similarity",
    "unbind",
]

_vectors = _host.bridge.vsa()
_structures = _host.bridge.structures()


def random(dim: int, seed: int) -> Array:
    """A random hypervector: each trit -1, 0 or 1 with the same probability, decided by the seed.

    >>> random(1000, 7) == random(1000, 7), abs(random(1000, 7)[0]) <= 1
    (True, True)
    """
    result = Array._zeros((integer(dim, "dim", 1),), "int8")
    call(_vectors.random, seed_of(seed), out=[result])
    return result


def bind(a: Any, b: Any, *, binding: str = "modular") -> Any:
    """Joins two hypervectors into one that resembles neither.

    Raises:
        ValueError: other numbers than trits, two dimensions, an unknown law.

    >>> bound = bind([1, 1, 0, -1], [1, -1, 0, -1])
    >>> bound.tolist()
    [-1, 0, 0, 1]
    >>> unbind(bound, [1, -1, 0, -1]).tolist()
    [1, 1, 0, -1]
    """
    return _pair(_vectors.bind, a, b, binding)


def unbind(a: Any, b: Any, *, binding: str = "modular") -> Any:
    """The hypervector that was bound with ``b`` to give ``a``."""
    return _pair(_vectors.unbind, a, b, binding)


def _pair(method: Callable[..., Any], a: Any, b: Any, binding: str) -> Any:
    x, y = _vector(a, "a"), _vector(b, "b")
    return _of_kind(a, x.size, method, str(binding), x, y)


def bundle(vectors: Any, *, weights: Any = None) -> Any:
    """The hypervector nearest to all of several: the sign of their sum, 0 where they balance.

    Args:
        vectors: at least one.
        weights: a number for each; one vote each otherwise.

    Raises:
        ValueError: other numbers than trits, several dimensions, another number of weights.

    >>> bundle([[1, 1, 0], [1, -1, 0], [1, 1, -1]]).tolist()
    [1, 1, -1]
    """
    several = _several(vectors, "vectors")
    votes = ABSENT if weights is None else read(weights, "weights", ndim=1)
    return _of_kind(_first(vectors), several[0].size, _vectors.bundle, several, votes)


def permute(vector: Any, shift: int = 1) -> Any:
    """The cyclic shift: trit i moves to place ``(i + shift) % dim``; ``-shift`` undoes it.

    >>> permute([1, 0, 0, -1]).tolist(), permute([1, 0, 0, -1], -1).tolist()
    ([-1, 1, 0, 0], [0, 0, -1, 1])
    """
    x = _vector(vector, "vector")
    return _of_kind(vector, x.size, _vectors.permute, integer(shift, "shift"), x)


def similarity(a: Any, b: Any, metric: str = "cosine") -> float:
    """How alike two hypervectors are.

    Args:
        a: one.
        b: the other.
        metric: ``cosine``: -1 to 1, 0 if either is all zeros; ``dot``: sum of products;
            ``hamming``: share of the places that differ.

    Raises:
        ValueError: other numbers than trits, two dimensions, an unknown metric.

    >>> a, b = [1, 1, 0, -1], [1, -1, 0, -1]
    >>> similarity(a, a), similarity(a, b, "dot"), similarity(a, b, "hamming")
    (1.0, 1.0, 0.25)
    """
    return float(call(_vectors.similarity, str(metric), _vector(a, "a"), _vector(b, "b")))


# --- structures --------------------------------------------------------------------------------


def ngram(items: Any, *, binding: str = "modular") -> Any:
    """The bind of all items, item i of n permuted by ``n - 1 - i``.

    It resembles none of them, nor another order of them.

    >>> ngram([[1, 0, 0], [0, 1, -1]]).tolist()
    [0, -1, -1]
    """
    several = _several(items, "items")
    return _of_kind(_first(items), several[0].size, _structures.ngram, str(binding), several)


def ngrams(items: Any, n: int, *, binding: str = "modular") -> Any:
    """The bundle of the `ngram` of every n consecutive items; alike for sequences that share them.

    The same array object may stand at many places, as a letter of a text does: it is read once.

    Raises:
        ValueError: fewer items than ``n``.

    >>> letters = {c: random(2048, ord(c)) for c in "abnsx"}
    >>> one, two = ([letters[c] for c in word] for word in ("bananas", "xananas"))
    >>> similarity(ngrams(one, 3), ngrams(two, 3)) > 0.5
    True
    """
    several = _several(items, "items")
    size = integer(n, "n", 1)
    return _of_kind(_first(items), several[0].size, _structures.ngrams, str(binding), size, several)


def sequence(items: Any) -> Any:
    """The bundle of all items, item i permuted by i; `item_at` finds them again.

    >>> items = [random(1024, seed) for seed in range(3)]
    >>> similarity(item_at(sequence(items), 2), items[2]) > 0.4
    True
    """
    several = _several(items, "items")
    return _of_kind(_first(items), several[0].size, _structures.sequence, several)


def item_at(sequence: Any, place: int) -> Any:
    """What resembles the item of a `sequence` at a place; an `ItemMemory` says which it is."""
    x = _vector(sequence, "sequence")
    return _of_kind(sequence, x.size, _vectors.permute, -integer(place, "place", 0), x)


def record(roles: Any, fillers: Any, *, binding: str = "modular") -> Any:
    """Pairs of a role and its filler in one: the bundle of ``bind(filler, role)``.

    Args:
        roles: different hypervectors.
        fillers: one for each role.

    Raises:
        ValueError: another number of fillers, or the same role twice.

    >>> name, age, anna, nine = (random(1024, seed) for seed in range(4))
    >>> person = record([name, age], [anna, nine])
    >>> similarity(filler(person, age), nine) > 0.25
    True
    """
    keys, values = _several(roles, "roles"), _several(fillers, "fillers")
    if len(keys) != len(values):
        raise ValueError(f"fillers: expected {len(keys)}, one for each role, got {len(values)}")
    size = keys[0].size
    return _of_kind(_first(roles), size, _structures.record, str(binding), keys, values)


def filler(record: Any, role: Any, *, binding: str = "modular") -> Any:
    """What resembles the filler of a role; an `ItemMemory` says which it is."""
    return unbind(record, role, binding=binding)


class ItemMemory:
    """Hypervectors by name, and the clean-up of a noisy one: those of the largest cosine.

    >>> memory = ItemMemory(1024)
    >>> for seed, name in enumerate(["red", "green", "blue"]):
    ...     memory.add(name, random(1024, seed))
    >>> noisy = bundle([memory["green"], random(1024, 8), random(1024, 9)])
    >>> [name for name, cosine in memory.nearest(noisy, 2)][0], "red" in memory, len(memory)
    ('green', True, 3)
    """

    def __init__(self, dim: int) -> None:
        """An empty memory of vectors ``[dim]``."""
        self.dim = integer(dim, "dim", 1)
        self._handle = _host.invoke(_structures.memory, self.dim)

    def add(self, name: str, vector: Any) -> None:
        """Stores a vector.

        Raises:
            ValueError: a name that is there already, another dimension, no trits.
        """
        call(_structures.add, self._handle, _name(name), _vector(vector, "vector"))

    def remove(self, name: str) -> None:
        """Forgets a vector.

        Raises:
            KeyError: a name that is not there.
        """
        _host.invoke(_structures.remove, self._handle, self._known(name))

    def nearest(self, query: Any, k: int = 1) -> list[tuple[str, float]]:
        """The ``k`` closest names and their cosines, the best first; fewer if there are fewer.

        Of equal cosines that of the name added first comes first.

        Raises:
            ValueError: another dimension, no trits.
        """
        count = integer(k, "k", 1)
        found = call(_structures.nearest, self._handle, count, _vector(query, "query"))
        names = _host.invoke(_structures.matchNames, found)
        cosines = _host.invoke(_structures.matchCosines, found)
        return [(str(name), float(c)) for name, c in zip(names, cosines, strict=True)]

    def __getitem__(self, name: str) -> Array:
        """A copy of the vector of a name, int8 ``[dim]``.

        Raises:
            KeyError: a name that is not there.
        """
        result = Array._zeros((self.dim,), "int8")
        call(_structures.get, self._handle, self._known(name), out=[result])
        return result

    def __contains__(self, name: object) -> bool:
        """Whether a vector has this name."""
        return isinstance(name, str) and bool(_host.invoke(_structures.has, self._handle, name))

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were added."""
        return iter([str(name) for name in _host.invoke(_structures.names, self._handle)])

    def __len__(self) -> int:
        """Number of vectors."""
        return int(_host.invoke(_structures.size, self._handle))

    def _known(self, name: str) -> str:
        if name not in self:
            raise KeyError(name)
        return name

    def __repr__(self) -> str:
        """The sizes."""
        return f"ItemMemory(dim={self.dim}, size={len(self)})"


class Resonator:
    """Finds the factors of a bind, one from each codebook, without trying every combination.

    >>> books = [[random(2048, 10 * f + i) for i in range(5)] for f in range(3)]
    >>> product = bind(bind(books[0][4], books[1][0]), books[2][3])
    >>> Resonator(books).factor(product)
    ([4, 0, 3], 1.0)
    """

    def __init__(self, codebooks: Any, *, binding: str = "modular") -> None:
        """A resonator over at least two codebooks, each several hypervectors of one dimension.

        Raises:
            ValueError: fewer codebooks, other numbers than trits, several dimensions.
        """
        books = [_several(book, f"codebooks[{i}]") for i, book in enumerate(codebooks)]
        sizes = [len(book) for book in books]
        vectors = Arrays([vector for book in books for vector in book])
        self._handle = call(_structures.resonator, str(binding), sizes, vectors)

    def factor(self, product: Any, max_iterations: int = 100) -> tuple[list[int], float]:
        """The place in each codebook of the factors found, and the cosine of their bind.

        The cosine is that with ``product``: 1.0 if they are its exact factors.

        Raises:
            ValueError: another dimension, no trits.
        """
        limit = integer(max_iterations, "max_iterations", 1)
        found = call(_structures.factor, self._handle, limit, _vector(product, "product"))
        places = [int(i) for i in _host.invoke(_structures.places, found)]
        return places, float(_host.invoke(_structures.cosine, found))


# --- arguments ---------------------------------------------------------------------------------


def _vector(values: Any, name: str) -> Array:
    return read(values, name, "int8", ndim=1)


def _several(values: Any, name: str) -> Arrays:
    """Hypervectors of one dimension; an object that is there more than once is read once."""
    rows = list(values if isinstance(values, (list, tuple)) else read(values, name, "int8", ndim=2))
    if not rows:
        raise ValueError(f"{name}: expected at least 1 hypervector, got none")
    read_once: dict[int, Array] = {}
    for i, row in enumerate(rows):
        if id(row) not in read_once:
            read_once[id(row)] = _vector(row, f"{name}[{i}]")
    several = Arrays(read_once[id(row)] for row in rows)
    lengths = sorted({vector.size for vector in several})
    if len(lengths) > 1:
        raise ValueError(f"{name}: expected rows of one length, got lengths {lengths}")
    return several


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, (list, tuple)) else values


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ValueError(f"name: expected a string, got {name!r}")
    return name


def _of_kind(argument: Any, dim: int, method: Callable[..., Any], *args: Any) -> Any:
    """The hypervector that a call writes, as the kind of array that the argument is."""
    result = empty((dim,), "int8", argument)
    call(method, *args, out=[result])
    dtype = "int8" if isinstance(argument, (list, tuple)) else asarray(argument, "a", "int8").dtype
    if dtype.startswith("float"):
        result = array(result, dtype="float32")
    return like(result, argument)
