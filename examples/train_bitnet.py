"""Train a small BitNet b1.58 language model on text, byte by byte, and write from its packed weights.

    ./tritter demo                                          the same as the next line
    ./tritter python examples/train_bitnet.py
    ./tritter demo --data shakespeare.txt --seconds 60 --out shakespeare

The phase trainer says before each step whether it needs gradients. In WARMUP, FULL and CORRECT steps the
model computes them; in PREDICT steps the trainer predicts them, and no forward or backward pass runs.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from pathlib import Path

import tritter_accel as ta

BATCH, CONTEXT = 16, 128
PEAK_RATE = 6e-3  # ternary weights want a higher rate than dense ones
HELD_OUT_BYTES = 128 * 1024  # enough to tell hundredths of a nat apart
SCHEDULE = {"warmup_steps": 40, "full_steps": 30, "predict_steps": 2, "correct_every": 1}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="tritter demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data", metavar="FILE", help="a text to learn; else the sources of Python's own library"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=120,
        metavar="N",
        help="training time (default: %(default)s)",
    )
    parser.add_argument(
        "--steps", type=int, metavar="N", help="so many steps instead: the same bits each time"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of weights and batches (default: %(default)s)"
    )
    parser.add_argument(
        "--predict-steps", type=int, default=SCHEDULE["predict_steps"], metavar="N", help="0: none"
    )
    parser.add_argument(
        "--prompt", help="what the packed model continues; else the start of the held-out text"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("demo-out"), metavar="DIR", help="(default: %(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, only the results")
    args = parser.parse_args()
    if args.seconds <= 0 or (args.steps is not None and args.steps < 1) or args.predict_steps < 0:
        parser.error(
            "expected --seconds above 0, --steps of at least 1 and --predict-steps of at least 0"
        )
    return args


def learning_rate(done: float) -> float:
    """Warm up over the first tenth of the run, hold, fall to zero over the last half."""
    return PEAK_RATE * min(1.0, 0.02 + done / 0.1, 2.0 * (1.0 - done))


def held_out_loss(model: ta.Model, text: ta.TextCorpus) -> float:
    """Mean loss over the held-out text, in nats a byte."""
    total = count = 0
    for ids, targets, n in text.held_out(BATCH, CONTEXT):
        total += model.loss(ids, targets) * n
        count += n
    return total / count


def train(
    args: argparse.Namespace, model: ta.Model, text: ta.TextCorpus, log: ta.MetricsLog
) -> dict[str, float]:
    """The loop; returns what it counted. Ctrl-C ends it early and leaves the model as it is."""
    optimizer = ta.AdamW(model, betas=(0.8, 0.95), weight_decay=0.1)
    schedule = SCHEDULE | {"predict_steps": args.predict_steps}
    trainer = ta.create_trainer(model.parameter_shapes(), **schedule, loss_threshold=None)
    batches = text.batches(BATCH, CONTEXT, args.seed)
    bar = None if args.quiet else ta.ProgressBar()
    started = time.monotonic()
    counts = {"steps": 0, "backward": 0, "tokens": 0}
    loss, smooth, seconds, needs_backward = math.nan, math.nan, 0.0, True
    try:
        while True:
            seconds = time.monotonic() - started
            done = counts["steps"] / args.steps if args.steps else seconds / args.seconds
            if done >= 1.0:
                break
            if needs_backward:
                loss = model.loss_and_gradients(*next(batches))
                smooth = loss if math.isnan(smooth) else 0.9 * smooth + 0.1 * loss
                counts["backward"] += 1
                counts["tokens"] += BATCH * CONTEXT
            result = ta.trainer_step(trainer, model.gradients if needs_backward else None, loss)
            rate = learning_rate(done)
            norm = optimizer.step(result["predicted_gradients"], learning_rate=rate, max_norm=1.0)
            now = time.monotonic() - started
            speed = counts["tokens"] / now
            log.step(
                counts["steps"],
                result["phase"],
                loss=loss if needs_backward else math.nan,
                gradient_norm=norm,
                learning_rate=rate,
                tokens=counts["tokens"],
                tokens_per_second=speed,
                seconds=now,
                predicted=not needs_backward,
            )
            counts["steps"] += 1
            needs_backward = result["next_needs_backward"]
            if bar:
                left = (
                    now * (args.steps / counts["steps"] - 1) if args.steps else args.seconds - now
                )
                bar.show(done, step=counts["steps"], phase=result["phase"], loss=smooth, tokens_per_second=speed,
                         seconds_left=left)  # fmt: skip
    except KeyboardInterrupt:
        print("\ninterrupted: going on with what is learned so far")
    finally:
        if bar:
            bar.close()
    counts["seconds"] = time.monotonic() - started
    return counts


def main() -> None:
    """Trains, judges, packs, writes."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    data, suffix = (args.data, "") if args.data else (os.path.dirname(os.__file__), ".py")
    text = ta.TextCorpus(data, suffix, held_out_limit=HELD_OUT_BYTES)
    model = ta.Model(context=CONTEXT, seed=args.seed)
    say = (lambda *_: None) if args.quiet else print
    say(
        f"text: {text}\nmodel: {model.parameter_count:,} parameters, ternary, context {model.context}"
    )
    baselines = text.baselines()

    with ta.MetricsLog(args.out / "metrics.jsonl") as log:
        counts = train(args, model, text, log)
        packed = model.pack()
        packed.save_pretrained(args.out / "model")
        loss = held_out_loss(packed, text)
        log.held_out(counts["steps"], loss, counts["seconds"])
    lines = {
        name: bits * math.log(2)
        for name, bits in baselines.items()
        if name in ("bigram", "gzip -9", "xz -9")
    }
    ta.plot_losses(
        args.out / "loss.png",
        args.out / "metrics.jsonl",
        title="BitNet b1.58, byte level",
        lines=lines,
    )

    print(
        f"trained {counts['steps']} steps, {counts['steps'] - counts['backward']} of them predicted, "
        f"{counts['tokens']:,} tokens in {counts['seconds']:.0f} s: {counts['tokens'] / counts['seconds']:,.0f} tokens/s"
    )
    print(
        f"held-out loss {loss:.4f} nats per byte; bits per byte on the same {text.held_out_bytes:,} bytes:"
    )
    for name, bits in sorted(
        {**baselines, "this model, packed": loss / math.log(2)}.items(), key=lambda row: -row[1]
    ):
        print(f"  {bits:7.3f}  {name}")
    print(f"weights: {model.size_bytes:,} bytes in float32, {packed.size_bytes:,} packed to 2 bits")
    prompt = args.prompt or text.held_out_text(64)
    print(f"the packed model writes on after {prompt!r}:\n")
    print(prompt + packed.generate(prompt, 400, temperature=0.7, top_p=0.9, seed=args.seed))
    print(f"\nin {args.out}/: model/ (config.json, model.safetensors), metrics.jsonl, loss.png")


if __name__ == "__main__":
    main()
