"""Array arguments whose shape is checked."""

from __future__ import annotations

from ._convert import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._array import Array


def batched(values: Any, name: str, ndim: int) -> Array:
    """An argument of at least so many dimensions."""
    given = read(values, name)
    if given.ndim < ndim:
        raise expected(name, ("...", *["n"] * ndim), given)
    return given


def shaped(values: Any, name: str, *sizes: int | None, dtype: str = "float32") -> Array:
    """An argument of a shape; None is any size."""
    given = read(values, name, dtype)
    same = len(sizes) == given.ndim and all(
        size in (None, n) for size, n in zip(sizes, given.shape, strict=True)
    )
    if not same:
        raise expected(name, tuple("n" if size is None else size for size in sizes), given)
    return given


def expected(name: str, shape: tuple[Any, ...], got: Array) -> ValueError:
    """The exception for another shape, ready to raise."""
    wanted = ", ".join(str(size) for size in shape)
    return ValueError(f"{name}: expected shape [{wanted}], got {list(got.shape)}")
