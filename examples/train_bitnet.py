"""Train a small BitNet b1.58 language model on text, byte by byte, and let it write.

    ./tritter demo                                          the same as the next line
    ./tritter python examples/train_bitnet.py
    ./tritter demo --data shakespeare.txt --seconds 60 --out shakespeare

The phase trainer says after each step whether the next one needs gradients. In WARMUP, FULL and
CORRECT steps the model computes them; in PREDICT steps the trainer predicts them, and neither a
forward nor a backward pass runs.
"""

from __future__ import annotations

import argparse
import collections
import math
import os
import sys
import time
from pathlib import Path

import tritter_accel as ta

BATCH, CONTEXT = 16, 128
PEAK_RATE = 4e-3
HELD_OUT_BYTES = 128 * 1024  # enough to tell hundredths of a nat apart
SCHEDULE = {"warmup_steps": 40, "full_steps": 30, "predict_steps": 2, "correct_every": 1}


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="tritter demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", metavar="FILE", help="a text to learn; else the sources of Python's own library")
    add("--seconds", type=float, default=120, metavar="N", help="training time (%(default)s)")
    add("--steps", type=int, metavar="N", help="so many steps instead: the same bits each time")
    add("--seed", type=int, default=1, metavar="N", help="of weights and batches (%(default)s)")
    add("--predict-steps", type=int, default=SCHEDULE["predict_steps"], metavar="N",
        help="predicted steps a cycle, 0 for none (%(default)s)")  # fmt: skip
    add("--prompt", metavar="TEXT", help="what the packed model continues; else held-out text")
    add("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="(%(default)s)")
    add("--quiet", action="store_true", help="no progress, only the results")
    args = parser.parse_args(argv)
    if not args.seconds > 0 or (args.steps is not None and args.steps < 1):
        parser.error("expected --seconds above 0 and --steps of at least 1")
    if args.predict_steps < 0:
        parser.error(f"--predict-steps: expected at least 0, got {args.predict_steps}")
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


class Pace:
    """How many tokens a second the last steps took; the first ones wait for the JVM's compiler."""

    def __init__(self) -> None:
        """Starts the clock."""
        self.started = time.monotonic()
        self.tokens = 0
        self._recent: collections.deque = collections.deque([(0.0, 0)], maxlen=25)

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self.started

    def step(self, tokens: int) -> float:
        """Counts a step; the rate of the last ones."""
        self.tokens += tokens
        self._recent.append((self.seconds, self.tokens))
        (from_time, from_tokens), (to_time, to_tokens) = self._recent[0], self._recent[-1]
        return (to_tokens - from_tokens) / max(to_time - from_time, 1e-9)


def train(
    args: argparse.Namespace, model: ta.Model, text: ta.TextCorpus, log: ta.MetricsLog
) -> dict[str, float]:
    """The loop; returns what it counted. Ctrl-C ends it early and leaves the model as it is."""
    optimizer = ta.AdamW(model, betas=(0.8, 0.95), weight_decay=0.1)
    schedule = SCHEDULE | {"predict_steps": args.predict_steps}
    trainer = ta.create_trainer(model.parameter_shapes(), **schedule, loss_threshold=None)
    batches = text.batches(BATCH, CONTEXT, args.seed)
    bar = None if args.quiet else ta.ProgressBar()
    pace = Pace()
    step, backward, rate = 0, 0, 0.0
    smooth, speed, needs_backward = math.nan, math.nan, True
    try:
        while (done := step / args.steps if args.steps else pace.seconds / args.seconds) < 1.0:
            loss = math.nan
            if needs_backward:
                loss = model.loss_and_gradients(*next(batches))
                smooth = loss if math.isnan(smooth) else 0.9 * smooth + 0.1 * loss
                backward += 1
            result = ta.trainer_step(trainer, model.gradients if needs_backward else None, smooth)
            gradients = result["predicted_gradients"] or model.gradients
            rate = learning_rate(done)
            norm = optimizer.step(gradients, learning_rate=rate, max_norm=1.0)
            speed = pace.step(BATCH * CONTEXT if needs_backward else 0)
            log.step(step, result["phase"], loss=loss, gradient_norm=norm, learning_rate=rate,
                     tokens=pace.tokens, tokens_per_second=speed, seconds=pace.seconds,
                     predicted=not needs_backward)  # fmt: skip
            needs_backward = result["next_needs_backward"]
            step += 1
            if bar:
                now = pace.seconds
                left = now * (args.steps / step - 1) if args.steps else args.seconds - now
                bar.show(done, step=step, phase=result["phase"], loss=smooth,
                         tokens_per_second=speed, seconds_left=left)  # fmt: skip
    except KeyboardInterrupt:
        print("\ninterrupted: going on with what is learned so far")
    finally:
        if bar:
            bar.close()
    return {"steps": step, "backward": backward, "tokens": pace.tokens, "seconds": pace.seconds,
            "speed": speed}  # fmt: skip


def main() -> None:
    """Trains, packs, judges, writes."""
    args = arguments()
    say = (lambda *_: None) if args.quiet else print
    data, suffix = (args.data, "") if args.data else (os.path.dirname(os.__file__), ".py")
    try:
        text = ta.TextCorpus(data, suffix, held_out_limit=HELD_OUT_BYTES)
        args.out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        sys.exit(f"tritter demo: {error}")
    model = ta.Model(context=CONTEXT, seed=args.seed)
    say(f"text: {text}")
    say(f"model: {model.parameter_count:,} parameters, ternary, context {model.context}")

    with ta.MetricsLog(args.out / "metrics.jsonl") as log:
        counts = train(args, model, text, log)
        packed = model.pack()
        packed.save_pretrained(args.out / "model")
        say("judging on the held-out text ...")
        loss = held_out_loss(packed, text)
        log.held_out(counts["steps"], loss, counts["seconds"])
    baselines = text.baselines()
    if counts["tokens"]:
        lines = {name: baselines[name] * math.log(2) for name in ("bigram", "gzip -9", "xz -9")}
        ta.plot_losses(args.out / "loss.png", log, title="BitNet b1.58, byte level", lines=lines)

    predicted = counts["steps"] - counts["backward"]
    print(f"trained {counts['steps']} steps, {predicted} of them predicted")
    print(f"{counts['tokens']:,} tokens in {counts['seconds']:.0f} s, at the end", end=" ")
    print(f"{counts['speed']:,.0f} tokens/s")
    print(f"held-out loss {loss:.4f} nats per byte")
    print(f"bits per byte on the {text.held_out_bytes:,} held-out bytes:")
    rows = {**baselines, "this model, packed": loss / math.log(2)}
    for name, bits in sorted(rows.items(), key=lambda row: -row[1]):
        print(f"  {bits:7.3f}  {name}")
    print(f"weights: {model.size_bytes:,} bytes in float32, {packed.size_bytes:,} packed to 2 bits")
    prompt = args.prompt or text.held_out_text(64)
    print(f"the packed model goes on after {prompt!r}:\n")
    print(prompt + packed.generate(prompt, 400, temperature=0.8, top_p=0.95, seed=args.seed))
    print(f"\nin {args.out}/: model/ (config.json, model.safetensors), metrics.jsonl, loss.png")


if __name__ == "__main__":
    main()
