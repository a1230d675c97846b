"""Train a small BitNet b1.58 language model on text, byte by byte, and write from its packed weights.

Run it with `./tritter demo` or `./tritter python examples/train_bitnet.py`.
"""

import argparse
import math
import os
import time

import tritter_accel as ta

BATCH, CONTEXT = 16, 128
PEAK_RATE = 9e-3  # BitNet likes it high; the tuned rate of a float model is about half
HELD_OUT_BATCHES = 16


def learning_rate(done: float) -> float:
    """Warm up over the first tenth, hold, and fall to zero over the last half."""
    return PEAK_RATE * min(1.0, done / 0.1, (1.0 - done) / 0.5)


def train(args: argparse.Namespace, model: ta.Model, text: ta.TextCorpus, log: ta.MetricsLog) -> None:
    """One loop: the trainer says before each step whether gradients are needed or predicted."""
    optimizer = ta.AdamW(model, betas=(0.8, 0.95), weight_decay=0.1)
    trainer = ta.create_trainer(
        model.parameter_shapes(), warmup_steps=40, full_steps=20, predict_steps=args.predict_steps, correct_every=4
    )
    batches = text.batches(BATCH, CONTEXT, seed=args.seed)
    loss, gradients, needs_backward = math.nan, None, True
    started = time.monotonic()
    for step in range(args.steps or 10**9):
        done = step / args.steps if args.steps else (time.monotonic() - started) / args.seconds
        if done >= 1.0 or ta.interrupted():
            break
        if needs_backward:
            loss, gradients = model.loss_and_gradients(*batches.next())
        result = ta.trainer_step(trainer, gradients if needs_backward else None, loss)
        rate = learning_rate(done)
        norm = optimizer.step(result["predicted_gradients"] or gradients, rate, max_norm=1.0)
        needs_backward = result["next_needs_backward"]
