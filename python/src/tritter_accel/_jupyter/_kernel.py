"""The replies of the kernel, by the Jupyter protocol 5.3."""

from __future__ import annotations

import ast
import builtins
import fnmatch
import json
import signal
import sys
import types

from .._version import __version__
from . import _cell, _display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Frontend(Protocol):
        """The Java side."""

        def publish(self, kind: str, content: str) -> None: ...

        def ask(self, prompt: str) -> None: ...

        def answer(self, timeout_millis: int) -> str | None: ...


_ANSWER_MILLIS = 50  # after which a Ctrl-C is seen
_END_OF_INPUT = "\x04"
_INDENT = "    "


class Kernel:
    """A namespace in which cells run, and the replies to what a frontend asks about it."""

    def __init__(self, frontend: Frontend, unfinished: Callable[[str], bool]) -> None:
        """A fresh ``__main__``.

        Args:
            frontend: where outputs go and input comes from.
            unfinished: whether more lines may complete a source.
        """
        self._frontend = frontend
        self._unfinished = unfinished
        self._sources: list[str] = []
        self._running = False
        self._takes_input = False
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self.namespace: dict[str, Any] = main.__dict__
        self.namespace["__builtins__"] = builtins
        sys.argv = [""]
        sys.path.insert(0, "")

    def attach(self) -> None:
        """Gives the interpreter to this kernel: its streams, input, display and Ctrl-C."""
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(write_through=True)  # type: ignore[union-attr]
        builtins.input = self._input
        builtins.display = _display.Display(self._publish)  # type: ignore[attr-defined]
        signal.signal(signal.SIGINT, self._interrupt)

    def info(self) -> str:
        """The content of a kernel_info_reply."""
        version = sys.version.split()[0]
        return json.dumps(
            {
                "status": "ok",
                "protocol_version": "5.3",
                "implementation": "tritter",
                "implementation_version": __version__,
                "language_info": {
                    "name": "python",
                    "version": version,
                    "mimetype": "text/x-python",
                    "file_extension": ".py",
                    "pygments_lexer": "ipython3",
                    "codemirror_mode": {"name": "ipython", "version": 3},
                    "nbconvert_exporter": "python",
                },
                "banner": f"Tritter {__version__}: Python {version} on GraalPy",
                "help_links": [],
                "debugger": False,
            }
        )

    def reply(self, request: str, content: str) -> str | None:
        """The content of the reply to a request, both as JSON; None where there is no reply."""
        answer = getattr(self, "_on_" + request, None)
        reply = answer(json.loads(content)) if answer else None
        return None if reply is None else json.dumps(reply)

    def _on_execute_request(self, content: dict[str, Any]) -> dict[str, Any]:
        source, silent = content["code"], content.get("silent", False)
        stored = content.get("store_history", True) and not silent
        if stored:
            self._sources.append(source)
        count = len(self._sources)
        if not silent:
            self._publish("execute_input", {"code": source, "execution_count": count})
        self._takes_input = content.get("allow_stdin", False)
        expressions = content.get("user_expressions") or {}
        error = self._guarded(lambda: self._run(source, count, silent))
        if error is not None:
            self._publish("error", error)
            return {"status": "error", "execution_count": count, **error}
        return {
            "status": "ok",
            "execution_count": count,
            "payload": [],
            "user_expressions": {name: self._value(code) for name, code in expressions.items()},
        }

    def _guarded(self, action: Callable[[], object]) -> dict[str, Any] | None:
        """Runs code of the user, which Ctrl-C may end; describes the error that ended it."""
        try:
            self._running = True
            try:
                action()
            finally:
                self._running = False
        except BaseException as error:  # KeyboardInterrupt, SystemExit, exceptions of Java
            return _cell.describe(error)
        return None

    def _run(self, source: str, count: int, silent: bool) -> None:
        value = _cell.run(source, f"<cell {count}>", self.namespace)
        if value is None or silent:
            return
        builtins._ = value  # type: ignore[attr-defined]
        data, metadata = _display.bundle(value)
        result = {"execution_count": count, "data": data, "metadata": metadata}
        self._publish("execute_result", result)

    def _value(self, expression: str) -> dict[str, Any]:
        forms: dict[str, Any] = {"status": "ok"}

        def evaluate() -> None:
            value = eval(expression, self.namespace)
            forms["data"], forms["metadata"] = _display.bundle(value)

        error = self._guarded(evaluate)
        return forms if error is None else {"status": "error", **error}

    def _on_complete_request(self, content: dict[str, Any]) -> dict[str, Any]:
        from . import _completion  # later than the start, as it imports much

        cursor = content["cursor_pos"]
        matches, start = _completion.complete(content["code"], cursor, self.namespace)
        return {
            "status": "ok",
            "matches": matches,
            "cursor_start": start,
            "cursor_end": cursor,
            "metadata": {},
        }

    def _on_inspect_request(self, content: dict[str, Any]) -> dict[str, Any]:
        from . import _inspection

        page = _inspection.look_up(
            content["code"], content["cursor_pos"], self.namespace, content.get("detail_level", 0)
        )
        data = {} if page is None else {"text/plain": page}
        return {"status": "ok", "found": page is not None, "data": data, "metadata": {}}

    def _on_is_complete_request(self, content: dict[str, Any]) -> dict[str, Any]:
        code = content["code"]
        if self._unfinished(code):
            last = code.rstrip(" ").rpartition("\n")[2]
            indent = last[: len(last) - len(last.lstrip())]
            deeper = _INDENT if last.endswith(":") else ""
            return {"status": "incomplete", "indent": indent + deeper}
        try:
            ast.parse(code)
        except (SyntaxError, ValueError):
            return {"status": "invalid"}
        return {"status": "complete"}

    def _on_history_request(self, content: dict[str, Any]) -> dict[str, Any]:
        cells = list(enumerate(self._sources, 1))
        kind = content.get("hist_access_type")
        if kind == "range":
            start, stop = content.get("start", 1), content.get("stop") or len(cells) + 1
            cells = [cell for cell in cells if start <= cell[0] < stop]
        elif kind == "search":
            pattern = content.get("pattern", "*")
            cells = [cell for cell in cells if fnmatch.fnmatchcase(cell[1], pattern)]
        if kind in ("tail", "search") and content.get("n"):
            cells = cells[-content["n"] :]
        return {"status": "ok", "history": [[0, count, source] for count, source in cells]}

    def _on_comm_info_request(self, content: dict[str, Any]) -> dict[str, Any]:
        return {"status": "ok", "comms": {}}

    def _on_comm_open(self, content: dict[str, Any]) -> None:
        """There is nothing that a comm could talk to."""
        self._publish("comm_close", {"comm_id": content["comm_id"], "data": {}})

    def _publish(self, kind: str, content: dict[str, Any]) -> None:
        self._frontend.publish(kind, json.dumps(content))

    def _input(self, prompt: object = "", /) -> str:
        if not self._takes_input:
            raise RuntimeError("input: this frontend does not take any")
        self._frontend.ask(str(prompt))
        while (line := self._frontend.answer(_ANSWER_MILLIS)) is None:
            pass
        if line == _END_OF_INPUT:
            raise EOFError
        return str(line)

    def _interrupt(self, number: int, frame: object) -> None:
        if self._running:
            raise KeyboardInterrupt
