"""The side of PyTorch and NumPy; the protocol is that of Server.java."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from implementation import Implementation, Request
from operations import OPERATIONS


class Server:
    """The implementations of the operation that is prepared."""

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        self._prepared: dict[str, Implementation] = {}

    def answer(self, words: list[str]) -> str:
        """One line for one line."""
        match words:
            case ["describe"]:
                capability = torch.backends.cpu.get_cpu_capability()
                return f"PyTorch {torch.__version__} ({capability}), NumPy {np.__version__}"
            case ["prepare", operation, folder, *sizes]:
                pairs = (size.split("=") for size in sizes)
                request = Request(Path(folder), {name: int(value) for name, value in pairs})
                return " ".join(self._prepare(operation, request))
            case ["measure", name, calls]:
                return str(self._measure(self._prepared[name], int(calls)))
            case _:
                return f"error unknown command {words}"

    def _prepare(self, operation: str, request: Request) -> list[str]:
        self._prepared = {}
        if operation in OPERATIONS:
            for implementation in OPERATIONS[operation](request):
                implementation.call()
                for i, output in enumerate(implementation.outputs()):
                    output.tofile(request.folder / f"{implementation.name}-{i}.bin")
                self._prepared[implementation.name] = implementation
        return list(self._prepared)

    @staticmethod
    def _measure(implementation: Implementation, calls: int) -> int:
        call = implementation.call
        start = time.perf_counter_ns()
        for _ in range(calls):
            call()
        return time.perf_counter_ns() - start


def main() -> None:
    """Answer until the input ends; what libraries print goes to the standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    server = Server()
    for line in sys.stdin:
        try:
            answer = server.answer(line.split())
        except Exception as e:  # the driver reports it and goes on
            answer = f"error {type(e).__name__}: {e}".replace("\n", " ")
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    main()
