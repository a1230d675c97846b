"""QLoRA in half a minute: a small model in 4 bits learns a second text through an adapter.

./tritter python examples/qlora.py
"""

from __future__ import annotations

import tempfile

import tritter_accel as ta

CONTEXT = 48
FIRST = "The cat sat on the mat, and the dog lay by the door. "
SECOND = "Der Hund lag vor der Tür, und die Katze sass auf der Matte. "


def windows(text: str, count: int = 4) -> tuple[list[list[int]], list[list[int]]]:
    """Pieces of a text that repeats, as ids (bytes) and as the ids that follow them."""
    ids = list(text.encode()) * (1 + (CONTEXT + count) // len(text))
    pieces = [ids[i : i + CONTEXT + 1] for i in range(count)]
    return [piece[:-1] for piece in pieces], [piece[1:] for piece in pieces]


def train(model: ta.Model, text: str, steps: int, learning_rate: float) -> float:
    """The loss after some steps on a text; of a model with adapters, the adapters alone learn."""
    optimizer = ta.AdamW8bit(model)
    ids, targets = windows(text)
    for _ in range(steps):
        model.loss_and_gradients(ids, targets)
        optimizer.step(learning_rate=learning_rate, max_norm=1.0)
    return model.loss(ids, targets)


def main(steps: int = 120) -> None:
    """Trains, quantizes, fine-tunes, stores."""
    model = ta.Model(
        hidden_size=64,
        intermediate_size=128,
        layers=2,
        heads=2,
        context=CONTEXT,
        weights="dense",
        sub_norms=False,
    )
    print(f"all weights learn the first text: loss {train(model, FIRST, steps, 0.005):.2f}")

    base = model.quantize("nf4", tables=True)
    print(f"{model.size_bytes:,} bytes become {base.size_bytes:,}")
    tuned = ta.get_peft_model(base, ta.LoraConfig(r=8, lora_alpha=16, target_modules="all-linear"))
    tuned.print_trainable_parameters()
    ids, targets = windows(SECOND)
    before = tuned.loss(ids, targets)
    after = train(tuned, SECOND, steps, 0.01)
    print(f"the adapter learns the second text: loss {before:.2f} to {after:.2f}")
    print("with the adapter:   ", repr(tuned.generate("Der Hund", 38, temperature=0)))
    with tuned.disable_adapter():
        print("without the adapter:", repr(tuned.generate("The cat", 40, temperature=0)))

    with tempfile.TemporaryDirectory() as folder:
        tuned.save_pretrained(folder)  # adapter_config.json, adapter_model.safetensors, as PEFT
        again = ta.load_adapter(base, folder)
        print("stored and loaded:", again.loss(ids, targets) == tuned.loss(ids, targets))


if __name__ == "__main__":
    main()
