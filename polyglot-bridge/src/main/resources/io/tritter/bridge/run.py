"""Runs a script, a module, a line, standard input or a prompt as the `python` command does.

The value of this file is a dict of functions; each returns the exit code.
"""

import builtins
import os
import sys


def _start(name, path, argv):
    """A fresh ``__main__``, and ``sys.argv`` and ``sys.path[0]`` for it."""
    main = type(sys)("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv = [name, *argv]
    sys.path.insert(0, path)
    return main.__dict__


def _report(error):
    """Prints a traceback without the frames of this file; returns the exit code."""
    while error.__traceback__ is not None and _ours(error.__traceback__):
        error.__traceback__ = error.__traceback__.tb_next
    sys.excepthook(type(error), error, error.__traceback__)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _ours(traceback):
    return traceback.tb_frame.f_code.co_filename.startswith("<tritter>")


def _exit_code(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _run(action):
    try:
        action()
        code = 0
    except SystemExit as stop:
        code = _exit_code(stop.code)
    except BaseException as error:
        code = _report(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # such as a pipe whose reader has gone
            code = code or 1
    return code


def _exec(source, name, namespace):
    exec(compile(source, name, "exec"), namespace)


def _script(path, argv):
    def action():
        try:
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            print(f"tritter: {path}: {error.strerror}", file=sys.stderr)
            raise SystemExit(2) from None
        folder = os.path.dirname(os.path.realpath(path))
        namespace = _start(path, folder, argv[1:])
        namespace["__file__"] = path
        _exec(source, path, namespace)

    return _run(action)


def _module(name, argv):
    def action():
        import runpy

        _start("-m", os.getcwd(), argv)
        runpy._run_module_as_main(name)  # what `python -m` calls

    return _run(action)


def _code(code, argv):
    return _run(lambda: _exec(code, "<string>", _start("-c", "", argv)))


def _standard_input(_, argv):
    return _run(lambda: _exec(sys.stdin.read(), "<stdin>", _start("-", "", argv)))


#: What the parser says of source that more lines may complete, blank ones between them or not.
_OPEN_BRACKET = ("was never closed", "unexpected EOF", "unterminated triple-quoted")
_OPEN_BLOCK = ("expected an indented block", "expected 'except' or 'finally'")


def _unfinished(source):
    """Whether Python's prompt would ask for another line; a blank line ends a block."""
    import ast

    last_line = source.rpartition("\n")[2].strip()
    blank = not last_line
    if last_line.startswith("@"):
        return True  # a decorator
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError as error:
        signs = _OPEN_BRACKET if blank else _OPEN_BRACKET + _OPEN_BLOCK
        return any(sign in str(error.msg) for sign in signs)
    return not blank and any(hasattr(node, "body") or hasattr(node, "cases") for node in last)


def _prompt(read_line, offer_completer):
    """An interactive console on `read_line(prompt)`, which returns None at the end of input."""

    def action():
        import code

        namespace = _start("", "", [])

        class Console(code.InteractiveConsole):
            def runsource(self, source, filename="<input>", symbol="single"):
                # GraalPy's codeop takes what is unfinished for complete, or for an error.
                return _unfinished(source) or super().runsource(source, filename, symbol)

            def raw_input(self, prompt=""):
                line = read_line(prompt)
                if line is None:
                    raise EOFError
                if line == "\x03":
                    raise KeyboardInterrupt
                return str(line)

        try:
            import rlcompleter
        except ImportError:
            pass
        else:
            offer_completer(rlcompleter.Completer(namespace).complete)
        banner = f"Python {sys.version.split()[0]} on GraalPy, with tritter_accel. Ctrl-D leaves."
        Console(namespace).interact(banner=banner, exitmsg="")

    return _run(action)


def _terminals(*answers):
    """Lets `isatty` of the standard streams tell the truth, which GraalPy does not know."""
    for stream, answer in zip((sys.stdin, sys.stdout, sys.stderr), answers, strict=True):
        stream.isatty = lambda answer=bool(answer): answer


{
    "terminals": _terminals,
    "script": lambda path, argv: _script(path, list(argv)),
    "module": lambda name, argv: _module(name, list(argv)),
    "code": lambda code, argv: _code(code, list(argv)),
    "standard_input": lambda name, argv: _standard_input(name, list(argv)),
    "prompt": _prompt,
    "unfinished": _unfinished,
}
