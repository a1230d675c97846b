"""The kernel as a frontend sees it: over its sockets, in a process of its own."""

import textwrap
import time

import pytest

SECONDS = 60


class Cell:
    """A cell that was sent: its reply, and what it showed."""

    def __init__(self, client, code, **options):
        self.client = client
        self.id = client.execute(textwrap.dedent(code), **options)

    def reply(self):
        while True:
            message = self.client.get_shell_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == self.id:
                return message["content"]

    def messages(self):
        """What is published until the kernel is idle, while it comes."""
        while True:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != self.id:
                continue
            if message["content"].get("execution_state") == "idle":
                return
            yield message["msg_type"], message["content"]

    def outputs(self):
        skipped = ("status", "execute_input")
        return [(kind, content) for kind, content in self.messages() if kind not in skipped]

    def wait_for(self, text):
        """Until the cell has printed a text."""
        for kind, content in self.messages():
            if kind == "stream" and text in content["text"]:
                return
        raise AssertionError(f"{text!r} was not printed")


def run(client, code, **options):
    cell = Cell(client, code, **options)
    return cell.outputs(), cell.reply()


def test_the_kernel_says_what_it_is(client):
    client.kernel_info()
    info = client.get_shell_msg(timeout=SECONDS)["content"]
    assert info["implementation"] == "tritter"
    assert info["language_info"]["file_extension"] == ".py"


def test_streams_and_results_come_in_order(client):
    outputs, reply = run(
        client,
        """
        import os, sys
        print("one")
        print("zwölf", file=sys.stderr)
        os.write(1, b"raw")
        display(3)
        "four"
        """,
    )
    assert outputs == [
        ("stream", {"name": "stdout", "text": "one\n"}),
        ("stream", {"name": "stderr", "text": "zwölf\n"}),
        ("stream", {"name": "stdout", "text": "raw"}),
        ("display_data", {"data": {"text/plain": "3"}, "metadata": {}, "transient": {}}),
        (
            "execute_result",
            {
                "data": {"text/plain": "'four'"},
                "metadata": {},
                "execution_count": reply["execution_count"],
            },
        ),
    ]


def test_output_shows_while_the_cell_runs(client):
    cell = Cell(client, "import time\nprint('first')\ntime.sleep(3)\nprint('second')")
    came = {}
    for kind, content in cell.messages():
        if kind == "stream":
            came[content["text"]] = time.monotonic()
    assert list(came) == ["first\n", "second\n"]
    assert came["second\n"] - came["first\n"] > 1


def test_the_package_works_and_shows_itself(client):
    outputs, _ = run(
        client, "import tritter_accel as ta\nta.create_bitlinear([[1.0, -1.0]])([[1.0, 0.0]])"
    )
    assert "[[1.0]]" in outputs[0][1]["data"]["text/plain"]


def test_errors_have_a_traceback(client):
    outputs, reply = run(client, "def f(x):\n    return 1 / x\n\nf(0)")
    assert reply["status"] == "error"
    assert reply["ename"] == "ZeroDivisionError"
    assert outputs[0][0] == "error"
    assert "return 1 / x" in "\n".join(outputs[0][1]["traceback"])


def test_cells_behind_one_that_fails_are_not_run(client):
    first = Cell(client, "import time; time.sleep(0.5); 1 / 0")
    second = Cell(client, "ran = True")
    assert first.reply()["status"] == "error"
    assert second.reply()["status"] == "aborted"
    assert run(client, "ran")[1]["ename"] == "NameError"


@pytest.mark.parametrize(
    "work",
    [
        "while True: pass",
        "import time; time.sleep(600)",
        "while True: ta.kernels.matmul(a, a, transpose_b=True)",
        "input('? ')",
    ],
)
def test_an_interrupt_raises_keyboard_interrupt(manager, client, work):
    begin = "import tritter_accel as ta\na = ta.array([[1.0] * 512] * 64)\nprint('begin')\n"
    cell = Cell(client, begin + work, allow_stdin=True)
    cell.wait_for("begin")
    if work.startswith("input"):
        client.get_stdin_msg(timeout=SECONDS)
    time.sleep(0.5)
    manager.interrupt_kernel()
    reply = cell.reply()
    assert reply["ename"] == "KeyboardInterrupt"
    assert work in "\n".join(reply["traceback"])
    assert run(client, "1 + 1")[1]["status"] == "ok"


def test_a_cell_can_catch_an_interrupt(manager, client):
    code = """
        try:
            print("begin")
            while True: pass
        except KeyboardInterrupt:
            caught = True
        """
    cell = Cell(client, code)
    cell.wait_for("begin")
    manager.interrupt_kernel()
    assert cell.reply()["status"] == "ok"
    assert run(client, "caught")[1]["status"] == "ok"


def test_an_interrupt_of_an_idle_kernel_does_nothing(client):
    # Not by the manager, which does not wait for the reply: the interrupt might meet the cell.
    client.control_channel.send(client.session.msg("interrupt_request", {}))
    assert client.get_control_msg(timeout=SECONDS)["content"]["status"] == "ok"
    assert run(client, "1 + 1")[1]["status"] == "ok"


def test_input_comes_from_the_frontend(client):
    cell = Cell(client, "name = input('name? ')\nname", allow_stdin=True)
    assert client.get_stdin_msg(timeout=SECONDS)["content"]["prompt"] == "name? "
    client.input("Ada")
    assert cell.outputs()[0][1]["data"] == {"text/plain": "'Ada'"}
    assert run(client, "input()", allow_stdin=False)[1]["ename"] == "RuntimeError"


def test_completion_inspection_and_completeness(client):
    def ask(method, *arguments):
        request = method(*arguments)
        while True:
            message = client.get_shell_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    run(client, "import tritter_accel as ta")
    assert "group_size=" in ask(client.complete, "ta.create_bitlinear(w, gr")["matches"]
    page = ask(client.inspect, "ta.create_bitlinear")["data"]["text/plain"]
    assert "activation_bits: 'int | None' = 8" in page
    assert ask(client.is_complete, "for i in x:")["status"] == "incomplete"
    assert ask(client.is_complete, "f(1,")["status"] == "incomplete"
    assert ask(client.is_complete, "f(1)")["status"] == "complete"
    assert ask(client.is_complete, "f 1")["status"] == "invalid"


def test_an_unsigned_message_is_dropped(client):
    key, client.session.key = client.session.key, b"another"
    try:
        client.execute("signed = False")
    finally:
        client.session.key = key
    assert run(client, "signed")[1]["ename"] == "NameError"


def test_a_restart_forgets_and_a_shutdown_ends_the_process(manager, client):
    run(client, "kept = 1")
    manager.restart_kernel()
    client.wait_for_ready(timeout=180)
    reply = run(client, "kept")[1]
    assert reply["ename"] == "NameError"
    assert reply["execution_count"] == 1
    manager.shutdown_kernel()
    assert not manager.is_alive()
