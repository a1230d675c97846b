"""The Python half of the Jupyter kernel, against a frontend that keeps what it is told."""

import json
import textwrap

import pytest

from tritter_accel._jupyter import Kernel, _display


class Frontend:
    def __init__(self):
        self.published = []
        self.answers = []

    def publish(self, kind, content):
        self.published.append((kind, json.loads(content)))

    def ask(self, prompt):
        self.published.append(("ask", prompt))

    def answer(self, timeout_millis):
        return self.answers.pop(0)


class Session:
    """A kernel, and requests to it."""

    def __init__(self):
        self.frontend = Frontend()
        self.kernel = Kernel(self.frontend, lambda code: code.endswith(":"))

    def request(self, kind, **content):
        self.frontend.published.clear()
        reply = self.kernel.reply(kind, json.dumps(content))
        return reply and json.loads(reply)

    def run(self, code, **content):
        return self.request("execute_request", code=textwrap.dedent(code), **content)

    def shown(self, kind):
        return [content for name, content in self.frontend.published if name == kind]

    def complete(self, code):
        reply = self.request("complete_request", code=code, cursor_pos=len(code))
        return reply["matches"], code[reply["cursor_start"] : reply["cursor_end"]]

    def inspect(self, code, detail=0):
        content = {"code": code, "cursor_pos": len(code), "detail_level": detail}
        reply = self.request("inspect_request", **content)
        return reply["data"]["text/plain"] if reply["found"] else None


@pytest.fixture
def session(monkeypatch):
    import builtins
    import sys

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(builtins, "_", None, raising=False)
    return Session()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1 + 1", "2"),
        ("x = 3\nx", "3"),
        ("x = 3", None),
        ("None", None),
        ("'a';", None),
        ("'ü' ;  # said", None),
        ("'a;'", "'a;'"),
        ("'a' # ;", "'a'"),
        ("def f():\n    return 5\n\n\nf()\n\n", "5"),
        ("", None),
        ("# nothing", None),
    ],
)
def test_the_last_expression_is_shown(session, code, text):
    assert session.run(code)["status"] == "ok"
    results = [content["data"] for content in session.shown("execute_result")]
    assert results == ([] if text is None else [{"text/plain": text}])


def test_cells_share_a_main_module_and_the_last_result(session):
    assert session.run("x = __name__")["execution_count"] == 1
    session.run("x")
    session.run("_ * 2")
    (result,) = session.shown("execute_result")
    assert result["execution_count"] == 3
    assert result["data"] == {"text/plain": "'__main____main__'"}


def test_silent_cells_show_and_count_nothing(session):
    assert session.run("1", silent=True)["execution_count"] == 0
    assert session.frontend.published == []
    assert session.run("1", store_history=False)["execution_count"] == 0
    assert session.run("1")["execution_count"] == 1


def test_future_imports_of_the_kernel_are_not_those_of_the_cell(session):
    session.run("def f(x: int): pass\nf.__annotations__['x']")
    assert session.shown("execute_result")[0]["data"] == {"text/plain": "<class 'int'>"}


def test_errors_have_the_traceback_of_the_cell_only(session):
    reply = session.run("def f(x):\n    return 1 // x\n\nf(0)")
    assert (reply["status"], reply["ename"]) == ("error", "ZeroDivisionError")
    text = "\n".join(reply["traceback"])
    assert text.startswith('Traceback (most recent call last):\n  File "<cell 1>", line 4')
    assert "return 1 // x" in text
    assert "_jupyter" not in text
    assert session.shown("error")[0]["ename"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1 +", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E", "E"),
    ],
)
def test_nothing_ends_the_kernel(session, code, name):
    reply = session.run(code)
    assert reply["ename"] == name
    assert "_jupyter" not in "\n".join(reply["traceback"])
    assert session.run("1")["status"] == "ok"


def test_expressions_of_the_frontend_fail_one_by_one(session):
    reply = session.run("x = 5", user_expressions={"good": "x", "bad": "y"})
    assert reply["user_expressions"]["good"]["data"] == {"text/plain": "5"}
    assert reply["user_expressions"]["bad"]["ename"] == "NameError"


class Rich:
    def __repr__(self):
        return "rich"

    def _repr_html_(self):
        return "<b>rich</b>"

    def _repr_png_(self):
        return b"\x89PNG"

    def _repr_svg_(self):
        return "<svg/>", {"isolated": True}

    def _repr_markdown_(self):
        return None

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/x": {"a": 1}, "text/latex": "$x$"}


def test_rich_values_come_in_all_their_forms():
    data, metadata = _display.bundle(Rich())
    assert data == {
        "text/plain": "rich",
        "text/html": "<b>rich</b>",
        "image/png": "iVBORw==",
        "image/svg+xml": "<svg/>",
        "application/x": {"a": 1},
        "text/latex": "$x$",
    }
    assert metadata == {"image/svg+xml": {"isolated": True}}
    assert list(_display.bundle(Rich)[0]) == ["text/plain"]


def test_a_form_that_fails_is_left_out(capsys):
    class Broken:
        def _repr_html_(self):
            raise ValueError("no html")

        def _repr_json_(self):
            return {"nan": float("nan")}

    assert _display.bundle(Broken())[0]["application/json"] == "{'nan': nan}"
    assert "no html" in capsys.readouterr().err


def test_display_shows_replaces_and_clears(session):
    display = _display.Display(session.kernel._publish)
    assert display(1, "a") is None
    assert [c["data"] for c in session.shown("display_data")] == [
        {"text/plain": "1"},
        {"text/plain": "'a'"},
    ]
    handle = display({"text/html": "<i>"}, raw=True, clear=True, display_id=True)
    handle.update(2)
    assert [name for name, _ in session.frontend.published[2:]] == [
        "clear_output",
        "display_data",
        "update_display_data",
    ]
    (update,) = session.shown("update_display_data")
    assert update["transient"]["display_id"] == handle.display_id


def test_completion_of_names_attributes_and_keywords(session):
    session.run("greeting = 'x'\nclass A:\n    size = 1\n    _hidden = 2\na = A()")
    assert session.complete("gree") == (["greeting"], "gree")
    assert session.complete("print(gree") == (["greeting"], "gree")
    assert session.complete("impo") == (["import"], "impo")
    assert session.complete("isinst") == (["isinstance"], "isinst")
    assert session.complete("x = a.") == (["size"], "")
    assert session.complete("a._hid") == (["_hidden"], "_hid")
    assert session.complete("greeting.upper().nothing")[0] == []
    assert session.complete("missing.a") == ([], "a")
    assert session.complete("1.") == ([], "")


def test_completion_of_modules_and_arguments(session):
    session.run("def resize(width, height=2, *, keep=True): pass")
    assert "json" in session.complete("import js")[0]
    assert session.complete("import json, collections.ab") == (["abc"], "ab")
    assert session.complete("from json import dum") == (["dump", "dumps"], "dum")
    assert session.complete("from json import (load, dum")[0] == ["dump", "dumps"]
    assert session.complete("from nothing.here import x")[0] == []
    assert session.complete("resize(3, hei")[0] == ["height="]
    assert session.complete("resize(3, height=max(1, 2), k")[0] == ["keep="]
    assert session.complete("resize(keep=1, k")[0] == []


def test_completion_and_inspection_in_the_middle_of_a_cell(session):
    session.run("greeting = 'x'")
    code = "a = gree + 1\nb = 2"
    reply = session.request("complete_request", code=code, cursor_pos=8)
    assert (reply["matches"], reply["cursor_start"]) == (["greeting"], 4)
    code = "len(greeting)"
    reply = session.request("inspect_request", code=code, cursor_pos=6, detail_level=0)
    assert "Value:     'x'" in reply["data"]["text/plain"]


def test_inspection_tells_signature_docstring_and_source(session):
    session.run('def half(x, *, exact=False):\n    """Half of x."""\n    return x / 2\n')
    page = session.inspect("half")
    assert "Signature: half(x, *, exact=False)" in page
    assert "Docstring:\nHalf of x." in page
    assert "return x / 2" not in page
    assert "return x / 2" in session.inspect("half(3, ", detail=1)
    assert session.inspect("nothing_of_this_name") is None
    assert session.inspect("") is None


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("x = 1", {"status": "complete"}),
        ("1 +* 2", {"status": "invalid"}),
        ("if x:", {"status": "incomplete", "indent": "    "}),
        ("if x:\n  while y:", {"status": "incomplete", "indent": "      "}),
    ],
)
def test_whether_a_cell_is_complete(session, code, reply):
    assert session.request("is_complete_request", code=code) == reply


def test_history_of_the_session(session):
    for code in ("a = 1", "b = 2", "a"):
        session.run(code)

    def history(**content):
        return [cell[1:] for cell in session.request("history_request", **content)["history"]]

    assert history(hist_access_type="tail", n=2) == [[2, "b = 2"], [3, "a"]]
    assert history(hist_access_type="range", session=0, start=1, stop=2) == [[1, "a = 1"]]
    assert history(hist_access_type="search", pattern="a*", n=5) == [[1, "a = 1"], [3, "a"]]


def test_input_is_asked_of_the_frontend(session):
    import builtins

    original = builtins.input
    builtins.input = session.kernel._input
    try:
        session.frontend.answers = [None, "Ada"]
        session.run("input('name? ')", allow_stdin=True)
        assert session.shown("ask") == ["name? "]
        assert session.shown("execute_result")[0]["data"] == {"text/plain": "'Ada'"}
        session.frontend.answers = ["\x04"]
        assert session.run("input()", allow_stdin=True)["ename"] == "EOFError"
        refused = session.run("input()", allow_stdin=False)
        assert refused["evalue"] == "input: this frontend does not take any"
    finally:
        builtins.input = original


def test_other_requests(session):
    assert session.request("comm_info_request") == {"status": "ok", "comms": {}}
    assert session.request("comm_open", comm_id="c", target_name="t", data={}) is None
    assert session.shown("comm_close") == [{"comm_id": "c", "data": {}}]
    assert session.request("usage_request") is None
    info = json.loads(session.kernel.info())
    assert info["protocol_version"] == "5.3"
    assert info["language_info"]["name"] == "python"
