"""Measure Tritter beside PyTorch, NumPy and OpenBLAS, in turn, and print a table of ratios.

    python benchmarks/peers --threads 1 2
    python benchmarks/peers --only 'matmul 512|attention' --quick

README.md in this folder says what is needed first.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from cases import Case, every_case
from side import Side, java, python

OURS = "tritter"
MOST_WARM_UP = 8
AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}


@dataclass
class Competitor:
    """An implementation, and the nanoseconds a call of each round."""

    side: Side
    name: str
    calls: int = 1
    times: list[float] = field(default_factory=list)

    def warm_up(self, seconds: float, batch_seconds: float) -> None:
        """Run until it gets no faster, and choose the calls of a batch by the fastest.

        Steps of `seconds`, at least two, until one gains less than 3 %, at most MOST_WARM_UP.
        """
        self.calls, best, before = 1, math.inf, math.inf
        for step in range(MOST_WARM_UP):
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                best = min(best, self.side.measure(self.name, self.calls))
                self.calls = max(1, int(batch_seconds * 1e9 / best))
            if step > 0 and best > 0.97 * before:
                break
            before = best

    def measure(self) -> None:
        """One batch."""
        self.times.append(self.side.measure(self.name, self.calls))

    @property
    def median(self) -> float:
        """Nanoseconds a call."""
        return statistics.median(self.times)

    @property
    def best(self) -> float:
        """Nanoseconds a call."""
        return min(self.times)


def check(case: Case, folder: Path, names: list[str]) -> None:
    """Compare the outputs of all implementations with ours."""
    for i, path in enumerate(sorted(folder.glob(f"{OURS}-[0-9].bin"))):
        expected = np.fromfile(path, case.dtype).astype(np.float64)
        for name in names:
            actual = np.fromfile(folder / f"{name}-{i}.bin", case.dtype).astype(np.float64)
            if actual.shape != expected.shape:
                raise RuntimeError(
                    f"{case.name}: {name} has {actual.size} numbers, not {expected.size}"
                )
            error = np.abs(actual - expected).max()
            if not error <= case.tolerance * np.abs(expected).max():
                raise RuntimeError(f"{case.name}: {name} differs by {error}, output {i}")


def measure(case: Case, sides: list[Side], args: argparse.Namespace) -> list[Competitor]:
    """Prepare a case on both sides, check that they agree, measure in turn."""
    with tempfile.TemporaryDirectory(dir=args.scratch) as name:
        folder = Path(name)
        for i, array in enumerate(case.inputs(np.random.default_rng(4))):
            array.tofile(folder / f"{i}.bin")
        competitors = [
            Competitor(side, name) for side in sides for name in side.prepare(case, folder)
        ]
        check(case, folder, [c.name for c in competitors])
    for c in competitors:
        c.warm_up(args.warm_up if c.side is sides[0] else args.warm_up / 4, args.batch)
    for turn in range(args.rounds):
        order = competitors if turn % 2 == 0 else competitors[::-1]
        for c in order:
            time.sleep(args.gap)  # threads of the one before have stopped to spin
            c.measure()
    return competitors


def digits(number: float) -> str:
    """Three significant digits, all digits before the point."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def figure(case: Case, nanoseconds: float) -> str:
    """A rate where the case has one, otherwise a time."""
    if case.unit:
        return digits(case.work / nanoseconds)
    unit, size = ("ms", 1e6) if nanoseconds > 1e6 else ("us", 1e3)
    return f"{digits(nanoseconds / size)} {unit}"


def row(case: Case, competitors: list[Competitor]) -> str:
    """The case beside its best peer; another way of ours, `tritter-...`, is among the others."""
    ours = next(c for c in competitors if c.name == OURS)
    peer = min((c for c in competitors if not c.name.startswith(OURS)), key=lambda c: c.median)
    rest = [c for c in competitors if c not in (ours, peer)]
    others = ", ".join(f"{c.name} {figure(case, c.median)}" for c in rest)
    cells = [
        case.operation,
        case.shape,
        f"{figure(case, ours.median)} ({figure(case, ours.best)}) {case.unit}".strip(),
        f"{peer.name} {figure(case, peer.median)} ({figure(case, peer.best)})",
        f"**{peer.median / ours.median:.2f}**",
        f"{peer.best / ours.best:.2f}",
        others,
    ]
    return "| " + " | ".join(cells) + " |"


HEADER = """\
| operation | shape | Tritter, median (best) | best peer | ratio | of the best | others |
|---|---|---|---|---|---|---|"""


def cpu() -> str:
    """The CPU's name."""
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"model name\s*: (.*)", info.read_text())):
        return found[1]
    return platform.processor() or platform.machine()


def run(threads: int, cases: list[Case], args: argparse.Namespace) -> list[str]:
    """The table for one thread count; a case that fails says so and is left out."""
    ours = java(
        args.java, threads, ["-XX:UseAVX=2"] if args.avx2 else [], AVX2 if args.avx2 else {}
    )
    theirs = python(sys.executable, threads, AVX2 if args.avx2 else {})
    sides = [ours, theirs]
    count = f"{threads} thread{'s' * (threads > 1)}"
    lines = [f"{count}; {ours.ask('describe')}; {theirs.ask('describe')}:"]
    print(lines[0], file=sys.stderr, flush=True)
    lines += ["", HEADER]
    for case in cases:
        try:
            competitors = measure(case, sides, args)
        except (RuntimeError, OSError) as e:
            args.failed.append(str(e))
            print(e, file=sys.stderr, flush=True)
            continue
        lines.append(row(case, competitors))
        print(lines[-1], file=sys.stderr, flush=True)
    for side in sides:
        side.close()
    return [*lines, ""]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cores = os.cpu_count() or 1
    add = parser.add_argument
    add(
        "--threads",
        type=int,
        nargs="+",
        default=sorted({1, cores}),
        help="thread counts to measure",
    )
    add("--only", default="", metavar="REGEX", help="cases whose operation and shape match")
    add("--rounds", type=int, default=7, help="batches of each implementation")
    add("--quick", action="store_true", help="3 short rounds: to see that it runs")
    add("--avx2", action="store_true", help="256-bit vectors on both sides")
    add("--list", action="store_true", help="show the cases and stop")
    add("--java", default=None, help="the java of a JDK 25 or later (default: JAVA_HOME, PATH)")
    add("--scratch", default=None, help="folder for inputs and outputs")
    args = parser.parse_args()
    home = os.environ.get("JAVA_HOME")
    args.java = args.java or (f"{home}/bin/java" if home else shutil.which("java"))
    args.batch, args.warm_up, args.gap = 0.15, 2.0, 0.05
    if args.quick:
        args.rounds, args.batch, args.warm_up = 3, 0.03, 1.0
    args.failed = []
    return args


def main() -> None:
    """Measure, then print Markdown to the standard output."""
    args = arguments()
    cases = [c for c in every_case() if re.search(args.only, c.name)]
    if args.list:
        print("\n".join(c.name for c in cases))
        return
    machine = f"{cpu()}, {os.cpu_count()} cores, {platform.system()}"
    lines = [f"{date.today()}, {machine}; {args.rounds} rounds in turn.", ""]
    for threads in args.threads:
        lines += run(threads, cases, args)
    print("\n".join(lines))
    if args.failed:
        sys.exit("\n".join(["failed:", *args.failed]))


if __name__ == "__main__":
    main()
