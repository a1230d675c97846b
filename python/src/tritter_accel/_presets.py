"""The models that have a name."""

from __future__ import annotations

from . import _host

_calls = _host.bridge.presets()
_NUMBERS = (
    "parameters",
    "layers",
    "hidden_size",
    "heads",
    "context",
    "training_bytes",
    "inference_bytes",
)


def presets(
    *, batch: int = 1, length: int | None = None, checkpoint_every: int | None = None
) -> dict[str, dict[str, int]]:
    """Sizes by name, for `Model.from_preset`, with the memory that they take.

    Training takes four float32 a parameter and two more a ternary weight, the activations that are
    kept, the gradients of those of one block, and the logits; inference 2 bits a ternary weight,
    four bytes any other parameter, and keys and values of a whole context. Nothing is allocated.

    >>> sizes = presets()
    >>> list(sizes)[:3]
    ['100m', '350m', '500m']
    >>> sizes["gpt2_small"]["parameters"]
    124439808

    Args:
        batch: sequences of a training step.
        length: ids of each sequence; by default the context.
        checkpoint_every: as `Model.checkpoint_every`; by default all activations are kept.

    Raises:
        ValueError: a number below 1.
    """
    for name, value in {"batch": batch, "length": length, "interval": checkpoint_every}.items():
        if value is not None and value < 1:
            raise ValueError(f"{name}: expected at least 1, got {value}")
    options = (batch, length or 0, checkpoint_every or 0)
    return {
        str(name): dict(
            zip(
                _NUMBERS,
                [int(n) for n in _host.invoke(_calls.numbers, str(name), *options)],
                strict=True,
            )
        )
        for name in _host.invoke(_calls.names)
    }
