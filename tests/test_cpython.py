"""CPython: the JVM in its process, threads, signals, forks. Most of it in processes of its own."""

import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import tritter_accel as ta

if sys.implementation.name == "cpython":
    import jpype

    from tritter_accel import _host, _jdk, _jvm, _tornado

SOURCE = str(Path(ta.__file__).parents[1])


def python(code, **environment):
    """Runs code in a process of its own: exit code, standard output, standard error."""
    path = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


# --- start -------------------------------------------------------------------------------------


def test_a_start_is_silent_and_uses_simd():
    code = """
from tritter_accel import _host
print("simd" in str(_host.bridge.devices().backends()).split(", "))
"""
    assert python(code, TRITTER_OPTS="") == (0, "True", "")


def test_what_else_the_jvm_says_is_shown():
    code = """
import os
from tritter_accel import _jvm
with _jvm._quiet():
    os.write(2, b"one\\n" + _jvm._ANNOUNCEMENT + b"\\ntwo")
os.write(2, b" three")
"""
    assert python(code, TRITTER_OPTS="") == (0, "", "one\ntwo three")


def test_wrong_arguments_are_an_import_error_that_shows_them():
    status, _, err = python("import tritter_accel", TRITTER_OPTS="-XX:NoSuchFlag=1")
    assert status == 1
    assert "ImportError: tritter_accel: expected a JVM from" in err
    assert "-XX:NoSuchFlag=1" in err


def test_arguments_of_the_user_reach_the_jvm():
    code = "import tritter_accel, jpype; print(jpype.java.lang.System.getProperty('a'))"
    status, out, _ = python(code, TRITTER_OPTS="-Da='b c'")
    assert (status, out) == (0, "b c")


def test_without_jpype_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jpype", None)
    with pytest.raises(ImportError, match="expected the package jpype1, found none"):
        _jvm.connect()


def test_a_jvm_that_has_the_classes_is_used():
    jars = [str(jar) for jar in _jvm.class_path()]
    code = f"""
import jpype
jpype.startJVM({str(_jdk.library(_jdk.find()))!r}, *{_jvm.arguments()}, classpath={jars})
import tritter_accel as ta
print(ta.create_bitlinear([[1.0, 0.0]]).sparsity)
"""
    status, out, err = python(code)
    assert (status, out) == (0, "0.5"), err


def test_a_jvm_without_the_classes_is_an_error_that_says_what_is_missing():
    code = f"""
import jpype
jpype.startJVM({str(_jdk.library(_jdk.find()))!r})
import tritter_accel
"""
    status, _, err = python(code)
    assert status == 1
    assert "expected Tritter's classes in the JVM" in err
    assert "java-core" in err


def test_the_jars_hold_nothing_of_graalvm():
    assert not [jar.name for jar in _jvm.class_path() if jar.name.startswith("python-")]


# --- a device ----------------------------------------------------------------------------------


def test_an_argfile_of_java_becomes_arguments_of_a_jvm():
    argfile = """# mode
-server
-XX:+EnableJVMCI --enable-preview
--module-path .:"/opt/a sdk/lib"  # what is there
--add-exports=a/b=c
"""
    assert _tornado.parse(argfile) == [
        "-XX:+EnableJVMCI",
        "--enable-preview",
        "--module-path=.:/opt/a sdk/lib",
        "--add-exports=a/b=c",
    ]


def test_without_an_sdk_the_jvm_starts_as_ever(monkeypatch, tmp_path):
    for home in ("", str(tmp_path)):
        monkeypatch.setenv("TORNADOVM_HOME", home)
        assert _tornado.backend() is None
        assert _tornado.arguments() == []
    assert "-XX:+UseSerialGC" in _jvm.arguments()


@pytest.mark.skipif(
    sys.implementation.name != "cpython" or _tornado.backend() is None,
    reason="needs TornadoVM and the built backend",
)
def test_a_device_of_tornadovm_computes_from_cpython():
    code = """
import tritter_accel as ta
a, b = ta.vsa_random(5000, 1), ta.vsa_random(5000, 2)
for function in (ta.vsa_bind_gpu, ta.vsa_unbind_gpu):
    assert function(a, b, "cuda") == function(a, b, "cpu")
assert ta.vsa_bundle_gpu([a, b, a], "cuda") == ta.vsa_bundle_gpu([a, b, a], "cpu")
assert ta.vsa_similarity_gpu(a, b, "dot", "cuda") == ta.vsa_similarity_gpu(a, b, "dot", "cpu")
assert ta.vsa_random_gpu(1000, 7, "cuda") == ta.vsa_random_gpu(1000, 7, "cpu")
print(ta.get_device())
"""
    status, out, err = python(code, TRITTER_OPTS="-Dtritter.tornado.cpu=true")
    assert (status, out) == (0, "cuda"), err


# --- values ------------------------------------------------------------------------------------


def test_results_are_pythons_own_numbers():
    layer = ta.create_bitlinear([[1.0, -1.0, 0.0, 0.5]])
    trainer = ta.create_trainer([("w", (2,))])
    step = trainer.step({"w": [1.0, 2.0]}, loss=0.5)
    model = ta.Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    values = {
        int: [layer.in_features, step["total_step"], step["cycle"], model.vocab_size],
        float: [layer.sparsity, step["speedup"], model.loss([1, 2]), trainer.stats()["speedup"]],
        bool: [step["needs_backward"], trainer.needs_backward],
        str: [step["phase"], trainer.phase],
    }
    for kind, found in values.items():
        assert [type(value) for value in found] == [kind] * len(found)
    assert [type(i) for i in model.generate([1, 2], 2)] == [int, int]


def test_an_exception_of_java_leaves_nothing_of_java_in_the_traceback():
    with pytest.raises(ValueError, match="got -1") as error:
        _host.invoke(_host.memory.allocate, -1)
    assert type(error.value) is ValueError
    assert error.value.__context__ is None


@pytest.mark.parametrize(
    ("java", "python_kind"),
    [
        ("java.lang.IllegalArgumentException", ValueError),
        ("java.lang.IllegalStateException", RuntimeError),
        ("java.lang.OutOfMemoryError", MemoryError),
        ("java.lang.StackOverflowError", RuntimeError),
        ("java.io.IOException", OSError),
        ("java.nio.file.AccessDeniedException", PermissionError),
        ("java.nio.file.NoSuchFileException", FileNotFoundError),
    ],
)
def test_each_java_exception_has_its_python_one(java, python_kind):
    def fails():
        raise jpype.JClass(java)("what")

    with pytest.raises(python_kind, match="what") as error:
        _host.invoke(fails)
    assert type(error.value) is python_kind


# --- threads -----------------------------------------------------------------------------------


@pytest.fixture
def no_forced_switches():
    """A thread loses the interpreter lock only where it gives it away itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)
    yield
    sys.setswitchinterval(before)


def test_other_threads_run_while_a_kernel_does(no_forced_switches):
    n = 512
    x = ta.Array._zeros((n, n), "float32")
    seen, count, done = [], 0, False

    def work():
        nonlocal done
        while not done:
            before = count
            ta.kernels.matmul(x, x)
            seen.append(count - before)
            done = seen[-1] > 0 or len(seen) > 200

    thread = threading.Thread(target=work)
    thread.start()
    while not done:
        count += 1
        time.sleep(0)
    thread.join()
    assert seen[-1] > 0


def test_two_threads_are_in_java_at_once():
    barrier = jpype.JClass("java.util.concurrent.CyclicBarrier")(2)
    seconds = jpype.JClass("java.util.concurrent.TimeUnit").SECONDS
    layer = ta.create_bitlinear([[1.0, -1.0, 0.0, 0.5]] * 64)
    x = ta.array([[1.0, 2.0, 3.0, 4.0]] * 64)
    expected, found = layer(x), []

    def work():
        _host.invoke(barrier.await_, 30, seconds)  # held the lock, it would time out
        found.append(all(layer(x) == expected for _ in range(200)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True, True]


def test_an_argument_that_nobody_else_holds_lives_until_the_call_is_over():
    n, stop = 4096, threading.Event()
    layer = ta.create_bitlinear(ta.array([[1.0] * n]), group_size=None, activation_bits=None)

    def collect():
        while not stop.is_set():
            gc.collect()
            # What is freed too early is soon somebody else's memory.
            [ta.array([-1.0] * n) for _ in range(8)]

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        for i in range(100):
            assert layer(ta.array([[float(i)] * n])).tolist() == [[float(i * n)]]
    finally:
        stop.set()
        thread.join()


# --- signals and forks -------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_during_a_call_raises_keyboard_interrupt():
    code = """
import os, signal, threading
import tritter_accel as ta
x = ta.Array._zeros((1024, 1024), "float32")
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    while True:
        ta.kernels.matmul(x, x)
except KeyboardInterrupt:
    print("stopped", ta.kernels.matmul([[2.0]], [[3.0]]).tolist())
"""
    assert python(code)[:2] == (0, "stopped [[6.0]]")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_handlers_of_signals_stay_pythons():
    code = """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: print("mine"))
import tritter_accel
os.kill(os.getpid(), signal.SIGTERM)
"""
    assert python(code)[:2] == (0, "mine")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_is_told_so_and_ends_well():
    code = """
import os, sys
import tritter_accel as ta
layer = ta.create_bitlinear([[1.0, 0.0]])
child = os.fork()
if not child:
    try:
        layer([[1.0, 1.0]])
    except RuntimeError as error:
        print(error, flush=True)
    sys.exit(3)  # an orderly end, with exit handlers and a collection of garbage
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), layer.sparsity)
"""
    status, out, _ = python(code, PYTHONWARNINGS="ignore")
    assert status == 0
    message, codes = out.splitlines()
    assert "expected the process that imported it, got a fork of it" in message
    assert "'spawn'" in message
    assert codes == "3 0.5"
