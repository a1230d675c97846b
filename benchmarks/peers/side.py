"""A process that computes operations, asked over its standard input and output."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cases import Case

ROOT = Path(__file__).resolve().parents[2]


class Side:
    """One of the two processes; both speak the protocol of Server.java."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        """Start the process."""
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, env=os.environ | environment, stdin=pipe, stdout=pipe, text=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin
        self._answers = self._process.stdout

    def ask(self, line: str) -> str:
        """Send a line and return the answer; raise `RuntimeError` for an error."""
        self._requests.write(line + "\n")
        self._requests.flush()
        answer = self._answers.readline()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"{line}: {answer.strip() or 'the process has ended'}")
        return answer.strip()

    def prepare(self, case: Case, folder: Path) -> list[str]:
        """Names of the implementations, each called once; none for an unknown operation."""
        sizes = " ".join(f"{name}={value}" for name, value in case.sizes.items())
        return self.ask(f"prepare {case.operation} {folder} {sizes}").split()

    def measure(self, implementation: str, calls: int) -> float:
        """Nanoseconds a call."""
        return int(self.ask(f"measure {implementation} {calls}")) / calls

    def close(self) -> None:
        """End the process."""
        self._requests.close()
        self._process.wait()


def java(executable: str, threads: int, options: list[str], environment: dict[str, str]) -> Side:
    """Our side: no flags but those that a user needs."""
    target = ROOT / "benchmarks" / "target"
    path = os.pathsep.join([str(target / "classes"), str(target / "lib" / "*")])
    flags = ["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"]
    flags += [f"-Dtritter.threads={threads}", *options]
    command = [executable, *flags, "-cp", path, "io.tritter.benchmarks.peers.Server"]
    return Side(command, {"OPENBLAS_NUM_THREADS": str(threads)} | environment)


def python(executable: str, threads: int, environment: dict[str, str]) -> Side:
    """The side of PyTorch and NumPy."""
    server = Path(__file__).with_name("server.py")
    libraries = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    counts = dict.fromkeys(libraries, str(threads))
    return Side([executable, str(server)], counts | environment)
