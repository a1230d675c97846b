"""Products with ternary weights, and vectors and matrices of trits, in PyTorch and NumPy.

What `operations.py` says holds here. Trits arrive as int8; what is called `planes` has them as two
bits, as our side does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from implementation import Implementation, Request, both, returning
from numpy.typing import NDArray
from torch import Tensor


def ternary_matmul(r: Request) -> list[Implementation]:
    """The weights as int8, and as float32: PyTorch has nothing smaller for a CPU."""
    batch, rows, cols = r.sizes["batch"], r.sizes["rows"], r.sizes["cols"]
    x = r.tensor(0, batch, cols, dtype=np.int8)
    w = r.tensor(1, rows, cols, dtype=np.int8).T
    y = torch.empty(batch, rows, dtype=torch.int32)
    fx, fw, fy = x.float(), w.float(), torch.empty(batch, rows)
    return [
        Implementation("PyTorch-int8", lambda: torch._int_mm(x, w, out=y), lambda: [y.numpy()]),
        Implementation(
            "PyTorch-float32", lambda: torch.mm(fx, fw, out=fy), lambda: [fy.int().numpy()]
        ),
    ]


def ternary_sparse(r: Request) -> list[Implementation]:
    """As above, and the weights as float32 in compressed rows."""
    batch, rows, cols = r.sizes["batch"], r.sizes["rows"], r.sizes["cols"]
    x = r.tensor(0, batch, cols, dtype=np.int8).float().T.contiguous()
    w = r.tensor(1, rows, cols, dtype=np.int8).float().to_sparse_csr()
    y = torch.empty(rows, batch)
    lists = Implementation(
        "PyTorch-CSR", lambda: torch.mm(w, x, out=y), lambda: [y.T.int().contiguous().numpy()]
    )
    return [*ternary_matmul(r), lists]


def _planes(v: NDArray[np.int8]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Bits of +1 and bits of -1, 64 trits a word, each row from a word on."""
    padded = np.pad(v, [(0, 0)] * (v.ndim - 1) + [(0, -v.shape[-1] % 64)])
    plus, minus = (np.packbits(signs, axis=-1) for signs in (padded > 0, padded < 0))
    return plus.view(np.uint64), minus.view(np.uint64)


def _trits(plus: NDArray[np.uint64], minus: NDArray[np.uint64], dim: int) -> NDArray[np.int8]:
    bits = [np.unpackbits(p.view(np.uint8))[:dim].astype(np.int8) for p in (plus, minus)]
    return bits[0] - bits[1]


def trit_dot(r: Request) -> list[Implementation]:
    """In float32 as vectors, and as popcounts of planes."""
    a, b = (r.array(i, dtype=np.int8) for i in (0, 1))
    fa, fb = torch.from_numpy(a).float(), torch.from_numpy(b).float()
    (ap, am), (bp, bm) = _planes(a), _planes(b)
    counts = np.empty(len(ap), np.uint8)
    result = np.zeros(1, np.int64)

    def planes() -> None:
        same = np.bitwise_count((ap & bp) | (am & bm), out=counts).sum(dtype=np.int64)
        result[0] = same - np.bitwise_count((ap & bm) | (am & bp), out=counts).sum(dtype=np.int64)

    def floats() -> Tensor:
        return torch.dot(fa, fb).reshape(1).long()

    return [returning("PyTorch", floats), Implementation("NumPy-planes", planes, lambda: [result])]


def trit_matmul(r: Request) -> list[Implementation]:
    """As int8, as float32, as int32 in NumPy, and as popcounts of planes row by row."""
    rows, cols, inner = r.sizes["rows"], r.sizes["cols"], r.sizes["inner"]
    a, b = r.array(0, rows, inner, dtype=np.int8), r.array(1, cols, inner, dtype=np.int8)
    ta, tb, out = torch.from_numpy(a), torch.from_numpy(b).T, torch.empty(rows, cols).int()
    fa, fb, fout = ta.float(), tb.float(), torch.empty(rows, cols)
    ia, ib, iout = a.astype(np.int32), b.astype(np.int32).T, np.empty((rows, cols), np.int32)
    (ap, am), (bp, bm) = _planes(a), _planes(b)
    pout = np.empty((rows, cols), np.int32)

    def planes() -> None:
        for plus, minus, row in zip(ap, am, pout, strict=True):
            same = np.bitwise_count((plus & bp) | (minus & bm)).sum(-1, dtype=np.int32)
            opposite = np.bitwise_count((plus & bm) | (minus & bp)).sum(-1, dtype=np.int32)
            np.subtract(same, opposite, out=row)

    return [
        Implementation(
            "PyTorch-int8", lambda: torch._int_mm(ta, tb, out=out), lambda: [out.numpy()]
        ),
        Implementation(
            "PyTorch-float32", lambda: torch.mm(fa, fb, out=fout), lambda: [fout.int().numpy()]
        ),
        Implementation("NumPy-int32", lambda: np.matmul(ia, ib, out=iout), lambda: [iout]),
        Implementation("NumPy-planes", planes, lambda: [pout]),
    ]


def bind_modular(r: Request) -> list[Implementation]:
    """The sum modulo 3 of int8 vectors."""
    a, b = (r.tensor(i, dtype=np.int8) for i in (0, 1))

    def bind(a: Tensor, b: Tensor) -> Tensor:
        c = a + b
        return c + 3 * ((c < -1).to(torch.int8) - (c > 1).to(torch.int8))

    na, nb = a.numpy(), b.numpy()
    c, over, under = np.empty_like(na), np.empty(len(na), bool), np.empty(len(na), bool)

    def numpy() -> None:
        np.add(na, nb, out=c)
        np.greater(c, 1, out=over)
        np.less(c, -1, out=under)
        np.subtract(c, 3, out=c, where=over)
        np.add(c, 3, out=c, where=under)

    return [*both(bind, a, b), Implementation("NumPy", numpy, lambda: [c])]


def bind_product(r: Request) -> list[Implementation]:
    """The product of int8 vectors, and of planes."""
    a, b = (r.tensor(i, dtype=np.int8) for i in (0, 1))
    result = torch.empty_like(a)
    dim = len(a)
    (ap, am), (bp, bm) = _planes(a.numpy()), _planes(b.numpy())
    plus, minus, work = np.empty_like(ap), np.empty_like(ap), np.empty_like(ap)

    def planes() -> None:
        for other_plus, other_minus, out in ((bp, bm, plus), (bm, bp, minus)):
            np.bitwise_and(ap, other_plus, out=out)
            np.bitwise_and(am, other_minus, out=work)
            np.bitwise_or(out, work, out=out)

    return [
        Implementation("PyTorch", lambda: torch.mul(a, b, out=result), lambda: [result.numpy()]),
        Implementation("NumPy-planes", planes, lambda: [_trits(plus, minus, dim)]),
    ]


def bundle(r: Request) -> list[Implementation]:
    """The sign of the sum of int8 vectors."""
    a, b, c = (r.tensor(i, dtype=np.int8) for i in (0, 1, 2))
    na, nb, nc = a.numpy(), b.numpy(), c.numpy()
    out = np.empty_like(na)

    def numpy() -> None:
        np.sign(np.add(np.add(na, nb, out=out), nc, out=out), out=out)

    return [
        *both(lambda a, b, c: torch.sign(a + b + c), a, b, c),
        Implementation("NumPy", numpy, lambda: [out]),
    ]


OPERATIONS: dict[str, Callable[[Request], list[Implementation]]] = {
    "bind-modular": bind_modular,
    "bind-product": bind_product,
    "bundle": bundle,
    "ternary-matmul": ternary_matmul,
    "ternary-sparse": ternary_sparse,
    "trit-dot": trit_dot,
    "trit-matmul": trit_matmul,
}
