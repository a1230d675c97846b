package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script of unknown origin can do, and what it cannot. */
@ResourceLock("GraalPy") // one context at a time in a JVM
class SandboxTest {
  private static PythonHost python;

  @BeforeAll
  static void open() {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    python = PythonHost.sandboxed().streams(InputStream.nullInputStream(), sink, sink).open();
    python.eval(
        """
        import tritter_accel as ta

        def outcome(code):
            try:
                exec(code, {"ta": ta})
            except BaseException as error:
                return type(error).__name__ + ": " + str(error)
            return "allowed"
        """);
  }

  @AfterAll
  static void close() {
    python.close();
  }

  /** How the code ended; GraalPy reports some refusals past Python's error handling. */
  private static String outcome(String code) {
    Value run = python.context().getBindings("python").getMember("outcome");
    try {
      return run.execute(code).asString();
    } catch (PolyglotException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  @Test
  void theLibraryWorksOnCopies() {
    Value result =
        python.eval(
            """
            layer = ta.create_bitlinear([[1.0, -1.0]], bias=[0.5], activation_bits=None)
            trits, scales = ta.quantize_weights_absmean([[1.0, -2.0, 0.25, 0.75]])
            trainer = ta.create_trainer([("w", (2,))], 1, 1, 2, 1)
            steps = [trainer.step({"w": [1.0, 2.0]}) for _ in range(3)]
            state = trainer.state_dict()["tensors"]
            str([layer([[3.0, 1.0]]).tolist(), trits.tolist(), steps[2]["predicted_grads"]["w"].tolist(),
                 state["predictor.residual.w"].shape])
            """);
    assertEquals("[[[2.5]], [[1.0, -1.0, 0.0, 1.0]], [1.0, 2.0], (2,)]", result.asString());
  }

  @Test
  void theModulesWorkOnCopies() {
    Value result =
        python.eval(
            """
            from tritter_accel import kernels, layouts, vsa
            dq, dk, dv = kernels.attention_backward(*[[[[[0.5]]]]] * 4)
            memory = vsa.ItemMemory(3)
            memory.add("a", [1, 0, -1])
            memory.add("b", [1, 1, 1])
            trits, scales = layouts.decode(b"a", (1, 4), "tritter")
            str([kernels.matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist(), dq.tolist(), dv.tolist(),
                 memory.nearest([1, 0, -1]), memory["b"].tolist(), trits.tolist(), scales.tolist(),
                 vsa.bundle([[1, 0], [1, 1]]).tolist()])
            """);
    assertEquals(
        "[[[11.0]], [[[[0.0]]]], [[[[0.5]]]], [('a', 1.0)], [1, 1, 1], [[1, 0, -1, 1]], [1.0],"
            + " [1, 1]]",
        result.asString());
  }

  @Test
  void buffersOfEveryKindAreCopied() {
    assertEquals(
        "[[0.5, 0.25], [1.0, 2.0], [3.0]]",
        python
            .eval(
                """
                import array, struct
                str([ta.array(array.array("f", [0.5, 0.25])).tolist(),
                     ta.array(memoryview(struct.pack("ff", 1, 2)).cast("f")).tolist(),
                     ta.array(array.array("d", [3.0]), dtype="float32").tolist()])
                """)
            .asString());
  }

  @Test
  void noFileButThePackage(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    String read = outcome("open(%s).read()".formatted(quoted(secret)));
    assertTrue(read.startsWith("PermissionError"), read);
    Path inside = Path.of(python.eval("ta.__file__").asString());
    assertEquals("allowed", outcome("open(%s).read()".formatted(quoted(inside))));
    Path around = inside.resolveSibling("../../../pom.xml");
    String outside = outcome("open(%s).read()".formatted(quoted(around)));
    assertTrue(outside.startsWith("PermissionError"), outside);
    String write = outcome("open(%s, 'w')".formatted(quoted(inside.resolveSibling("x"))));
    assertTrue(write.startsWith("OSError") || write.startsWith("PermissionError"), write);
    assertTrue(Files.notExists(inside.resolveSibling("x")));
  }

  private static String quoted(Path path) {
    return "'" + path + "'";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import java; java.type('java.lang.System')",
        "import java; java.lang.System.exit(3)",
        "import polyglot; polyglot.eval(language='python', string='1')",
        "ta._host.bridge.getClass()",
        "ta._host.memory.blocks",
        "ta.create_bitlinear([[1.0]])._handle.weight()",
        "import subprocess; subprocess.run(['ls'])",
        "import os; os.listdir('/')",
        "import os; os.environ['PATH']",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "ta.Model.from_pretrained('/')",
        "ta._host.invoke(ta._host.bridge.runs().log, '/log')",
        "ta._host.invoke(ta._host.bridge.texts().read, '/etc/passwd', '', 100, 100)",
        "import _thread; _thread.start_new_thread(print, ())",
        "import threading; threading.Thread(target=print).start()",
        "import multiprocessing; multiprocessing.Process(target=print).start()",
        "import asyncio, sys; asyncio.run(asyncio.create_subprocess_exec('ls'))",
        "import ctypes; ctypes.CDLL(None).getpid()",
        "import ctypes; ctypes.string_at(4096, 1)",
        "import mmap; mmap.mmap(open(ta.__file__, 'r+b').fileno(), 1)",
        "import os; os.system('ls') == 0 or 1 / 0",
        "import os; os.fork()",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.symlink('/etc', 'link')",
        "import os; os.stat('/etc/passwd')",
        "import os; os.open('/etc/passwd', os.O_RDONLY)",
        "import io; io.FileIO('/proc/self/environ').read()",
        "import pathlib; list(pathlib.Path('/').iterdir()) and list(pathlib.Path('/etc').iterdir())",
        "import tempfile; tempfile.NamedTemporaryFile()",
        "import importlib.util as u; u.spec_from_file_location('m', '/etc/m.py').loader.get_data('/etc/passwd')",
        "import zipfile; zipfile.ZipFile('/etc/passwd')",
        "import sqlite3; sqlite3.connect('/tmp/x').execute('create table t (x)')",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import signal; signal.raise_signal(9)",
        "import polyglot; polyglot.eval(language='java', string='1')",
        "import polyglot; polyglot.eval(language='nfi', string='default')",
        "import polyglot; polyglot.eval(path='/etc/passwd', language='python')",
        "import java; java.type('java.lang.Runtime').getRuntime().exec('ls')",
        "import java; java.add_to_classpath('/')",
        "__graalpython__.host_import_enabled() or 1 / 0",
        "type(ta._host.bridge).getClass(ta._host.bridge)",
        "ta._host.bridge.equals(ta._host.bridge)",
        "ta._host.bridge.hashCode()",
        "ta._host.bridge.notify()",
        "ta._host.bridge.sandboxed(1)",
        "ta._host.memory.segment('x', 0, 1)",
        "ta._host.memory.keep('x', 0, print)",
        "ta._host.bridge.runs().files.allowed()",
        "ta.Model(layers=1).save_pretrained('/tmp/sandbox')",
        "ta.TextCorpus('/etc')",
        "ta.MetricsLog('metrics.jsonl')",
      })
  void nothingOfTheMachine(String code) {
    String outcome = outcome(code);
    assertTrue(!outcome.equals("allowed"), outcome);
  }

  @Test
  void addressesOfItsOwnAreRefused() {
    String refused = "ValueError: address: expected one inside a block of this memory, got ";
    String convert = "ta._host.invoke(ta._host.memory.convert, 4096, 4, 'uint8', 'int8', 4096, 4)";
    assertEquals(refused + "4096", outcome(convert));
    assertEquals("allowed", readInBlockOf8(4, 4));
    assertTrue(readInBlockOf8(4, 5).startsWith(refused));
    assertTrue(readInBlockOf8(-1, 1).startsWith(refused));
    assertTrue(readInBlockOf8(0, -1).startsWith(refused));
    assertTrue(readInBlockOf8(0, Long.MAX_VALUE).startsWith(refused));
    String freed =
        "m = ta._host.memory; a = m.allocate(8); m.free(a); ta._host.invoke(m.read, a, 8)";
    assertTrue(outcome(freed).startsWith(refused));
  }

  private static String readInBlockOf8(long from, long bytes) {
    return outcome(
        "ta._host.invoke(ta._host.memory.read, ta._host.memory.allocate(8) + %d, %d)"
            .formatted(from, bytes));
  }

  /**
   * A walk over all classes finds nothing that opens what imports do not. GraalPy 25.0 ends some of
   * these calls in an internal error of its own.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "FileIO",
        "Popen",
        "FileLoader",
        "SourceFileLoader",
        "CDLL",
        "socket",
        "FileFinder"
      })
  void noClassLeadsOut(String name) {
    String code =
        """
        def below(kind, seen):
            for child in type.__subclasses__(kind):
                if child not in seen:
                    seen.add(child)
                    below(child, seen)
            return seen
        kinds = below(object, set())
        assert len(kinds) > 100
        for kind in kinds:
            if kind.__name__ == "%s":
                for arguments in (("/etc/passwd",), ("x", "/etc/passwd")):
                    try:
                        value = kind(*arguments)
                        value.get_data("/etc/passwd")
                    except Exception:
                        continue
                    raise SystemExit("got out by " + kind.__name__)
        """
            .formatted(name);
    String outcome = outcome(code);
    assertTrue(
        outcome.equals("allowed") || outcome.endsWith("ShouldNotReachHere"), name + ": " + outcome);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ta._host.invoke(ta._host.memory.allocate, 1 << 62)",
        "ta._host.invoke(ta._host.memory.allocate, (1 << 30) + 1)",
        "a = ta._host.memory.allocate(8); c = ta._host.memory.convert;"
            + " ta._host.invoke(c, a, 1 << 62, 'float32', 'int32', a, 1 << 62)",
        "blocks = [ta._host.invoke(ta._host.memory.allocate, 1 << 28) for _ in range(5)]",
        "ta.Model(hidden_size=1 << 14, intermediate_size=1 << 16, layers=64)",
        "ta.create_trainer([('w', (1 << 20, 1 << 10))])",
        "ta.create_trainer([('w', (1 << 15, 1 << 15)), ('v', (1 << 15, 1 << 15))])",
        "ta.create_trainer([('w', (1 << 30, 1 << 30))])",
        "ta.vsa_random(1 << 40, 1)",
        "bytearray(1 << 62)",
      })
  void sizesThatAreTooLargeAreRefused(String code) {
    String outcome = outcome(code);
    assertTrue(outcome.matches("(ValueError|MemoryError|OverflowError|RuntimeError).*"), outcome);
    assertEquals("allowed", outcome("ta.vsa_random(8, 1)"));
  }

  @Test
  void aScriptThatSaysItsAddressesAreGoodIsRefused() {
    try (PythonHost host = silent().open()) {
      String lie = "import tritter_accel as ta\nta._host.direct = True\nta.vsa_random(8, 1)";
      assertThrows(PolyglotException.class, () -> host.eval(lie));
    }
  }

  @Test
  void freedBlocksMakeRoom() {
    String code =
        """
        memory = ta._host.memory
        for _ in range(20):
            memory.free(ta._host.invoke(memory.allocate, 1 << 28))
        """;
    assertEquals("allowed", outcome(code));
  }

  private static PythonHost.Builder silent() {
    OutputStream sink = OutputStream.nullOutputStream();
    return PythonHost.sandboxed().streams(InputStream.nullInputStream(), sink, sink);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while True: pass",
        "import time\nwhile True: time.sleep(0.01)",
        "import time\ntime.sleep(600)",
        "10 ** 10 ** 8",
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "class A:\n  def __del__(self):\n    while True: pass\na = A()\ndel a\nwhile True: pass",
      })
  void timeRunsOutWhateverTheScriptCatches(String code) {
    try (PythonHost host = silent().timeLimit(Duration.ofSeconds(30)).open()) {
      assertEquals(3, host.eval("1 + 2").asInt());
    }
    try (PythonHost host = silent().timeLimit(Duration.ofMillis(300)).open()) {
      CancellationException late = assertThrows(CancellationException.class, () -> host.eval(code));
      assertEquals("eval: expected at most PT0.3S, took longer", late.getMessage());
    }
  }

  @Test
  void anErrorOfTheScriptReachesTheEmbedder() {
    PolyglotException error =
        assertThrows(PolyglotException.class, () -> python.eval("ta.array([[1], [2, 3]])"));
    assertTrue(error.isGuestException());
    assertEquals(
        "ValueError: values: expected rows of one length, got lengths [1, 2]", error.getMessage());
  }
}
