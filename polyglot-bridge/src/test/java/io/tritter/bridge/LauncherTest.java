package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code tritter}, on a copy with folders that look like JDKs and like built jars. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final String PRINTS_ARGUMENTS =
      "#!/bin/sh\nprintf '%s\\n' \"java of $0\" \"$@\"\n";
  @TempDir private Path folder;
  private Path home;

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void copyTheScript() throws IOException {
    home = Files.createDirectories(folder.resolve("source tree"));
    Files.copy(Path.of("../tritter"), home.resolve("tritter"));
    executable(home.resolve("tritter"));
    Files.createDirectories(home.resolve("polyglot-bridge/target/compiler"));
    for (String file : List.of("pom.xml", "java-core/pom.xml", "java-core/src/main/A.java")) {
      Path path = home.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "");
    }
    setAge(home.resolve("java-core/src/main/A.java"), 60);
    setAge(home.resolve("java-core/pom.xml"), 60);
    setAge(home.resolve("pom.xml"), 60);
    Files.writeString(home.resolve("polyglot-bridge/target/polyglot-bridge-1.jar"), "");
  }

  private static void setAge(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.from(java.time.Instant.now().minusSeconds(seconds)));
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String path, String version) throws IOException {
    Path jdk = folder.resolve(path);
    Files.createDirectories(jdk.resolve("bin"));
    for (String program : List.of("java", "javac")) {
      executable(Files.writeString(jdk.resolve("bin/" + program), PRINTS_ARGUMENTS));
    }
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private Result run(Path script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.contains("JAVA") || name.contains("SDK"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(home.resolve("tritter"), environment, arguments);
  }

  @Test
  void theJdkOfTheVariableIsUsed() throws Exception {
    Path jdk = jdk("jdk", "25.0.3");
    Result result = run(Map.of("TRITTER_JAVA_HOME", jdk.toString()), "python", "a b", "*");
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals("java of " + jdk.resolve("bin/java"), lines.getFirst());
    assertEquals(
        List.of("io.tritter.bridge.Main", "python", "a b", "*"),
        lines.subList(lines.size() - 4, lines.size()));
    assertTrue(lines.contains("--upgrade-module-path=" + target("compiler")), result.out());
    assertEquals("", result.err());
  }

  @Test
  void aDeviceStartsTheJvmWithTornadoVm() throws Exception {
    Path jdk = jdk("jdk", "25");
    Path sdk = Files.createDirectories(folder.resolve("sdk"));
    Files.writeString(sdk.resolve("tornado-argfile"), "");
    Path backend = Files.createDirectories(home.resolve("backend-tornado/target"));
    Files.writeString(backend.resolve("backend-tornado-1.jar"), "");
    Map<String, String> environment =
        Map.of("TRITTER_JAVA_HOME", jdk.toString(), "TORNADOVM_HOME", sdk.toString());
    for (String device : List.of("gpu", "cuda", "auto", "cpu")) {
      Result result = run(environment, "--device", device, "train", "run.yaml");
      assertEquals(0, result.code(), result.err());
      List<String> lines = result.out().lines().toList();
      boolean asked = !device.equals("cpu");
      assertEquals(asked, lines.contains("@" + sdk + "/tornado-argfile"), result.out());
      assertEquals(asked, result.out().contains("backend-tornado-1.jar"), result.out());
      assertEquals(
          asked && !device.equals("auto"), lines.contains("-Dtritter.kernels=gpu"), device);
      assertEquals(List.of("train", "run.yaml"), lines.subList(lines.size() - 2, lines.size()));
    }
  }

  @Test
  void aDeviceWithoutTornadoVmSaysWhatToSet() throws Exception {
    Path jdk = jdk("jdk", "25");
    Map<String, String> environment =
        Map.of("TRITTER_JAVA_HOME", jdk.toString(), "TORNADOVM_HOME", "");
    Result result = run(environment, "--device=gpu", "info");
    assertEquals(1, result.code());
    assertEquals(
        "tritter: TORNADOVM_HOME: expected the folder of a TornadoVM SDK, it is not set; see"
            + " docs/gpu.md\n",
        result.err());
    assertEquals(0, run(environment, "--device", "auto", "info").code());
    Result unknown = run(environment, "--device", "tpu", "info");
    assertEquals(
        "tritter: --device: expected one of auto, cpu, cuda, gpu, got tpu\n", unknown.err());
  }

  private Path target(String name) throws IOException {
    return home.toRealPath().resolve("polyglot-bridge/target").resolve(name);
  }

  @Test
  void anOldJdkOfTheVariableIsAnError() throws Exception {
    Path jdk = jdk("old", "17.0.9");
    Result result = run(Map.of("TRITTER_JAVA_HOME", jdk.toString()));
    assertEquals(1, result.code());
    assertEquals(
        "tritter: TRITTER_JAVA_HOME: expected a JDK of version 25 or later, got 17 in "
            + jdk
            + "\n",
        result.err());
    Result nothing = run(Map.of("TRITTER_JAVA_HOME", folder.toString()));
    assertEquals(
        "tritter: TRITTER_JAVA_HOME: expected the folder of a JDK, got " + folder + "\n",
        nothing.err());
  }

  @Test
  void anOldJavaHomeIsPassedOver() throws Exception {
    Path old = jdk("old", "1.8.0_402");
    Path sdk = jdk(".sdkman/candidates/java/26-tem", "26");
    Result result = run(Map.of("JAVA_HOME", old.toString(), "PATH", withoutJava()));
    assertEquals(0, result.code(), result.err());
    assertEquals("java of " + sdk.resolve("bin/java"), result.out().lines().findFirst().get());
  }

  @Test
  void theJavaOfThePathIsFoundBehindItsLink() throws Exception {
    Path jdk = jdk("hidden/jdk", "25");
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
    Result result = run(Map.of("PATH", bin + ":" + withoutJava()));
    assertEquals(
        "java of " + jdk.toRealPath().resolve("bin/java"), result.out().lines().findFirst().get());
  }

  /** The folders of the programs that the script needs. */
  private static String withoutJava() {
    return "/usr/bin:/bin";
  }

  @Test
  void itRunsThroughALink() throws Exception {
    Path jdk = jdk("jdk", "25");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("source tree/tritter"));
    Result result = run(link, Map.of("TRITTER_JAVA_HOME", jdk.toString()));
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("--upgrade-module-path=" + target("compiler")), result.out());
  }

  @Test
  void argumentsForTheJvmComeFromAVariable() throws Exception {
    Path jdk = jdk("jdk", "25");
    Result result = run(Map.of("TRITTER_JAVA_HOME", jdk.toString(), "TRITTER_OPTS", "-Da=1 -Db=2"));
    assertTrue(result.out().contains("\n-Da=1\n-Db=2\n"), result.out());
  }

  @Test
  void newerSourcesAreBuiltFirst() throws Exception {
    Path jdk = jdk("jdk", "25");
    Path bin = fakeMaven("echo \"$JAVA_HOME $*\" > \"$PWD/maven-was-here\"");
    Map<String, String> environment =
        Map.of("TRITTER_JAVA_HOME", jdk.toString(), "PATH", bin + ":" + withoutJava());
    assertEquals("", run(environment).err());
    setAge(home.resolve("java-core/src/main/A.java"), -2);
    Result built = run(environment);
    assertEquals(0, built.code(), built.err());
    assertEquals("tritter: building (once, about a minute) ...\n", built.err());
    String maven = Files.readString(home.resolve("maven-was-here"));
    assertTrue(maven.startsWith(jdk + " "), maven);
    assertTrue(maven.strip().endsWith(" package"), maven);
  }

  @Test
  void aFailedBuildShowsItsEnd() throws Exception {
    Path jdk = jdk("jdk", "25");
    Path bin = fakeMaven("echo 'no such dependency'; exit 1");
    Files.delete(home.resolve("polyglot-bridge/target/polyglot-bridge-1.jar"));
    Result result =
        run(Map.of("TRITTER_JAVA_HOME", jdk.toString(), "PATH", bin + ":" + withoutJava()));
    assertEquals(1, result.code());
    assertEquals("", result.out());
    assertTrue(result.err().contains("no such dependency\n"), result.err());
    assertTrue(result.err().contains("the build failed; all of its output is in "), result.err());
  }

  private Path fakeMaven(String body) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("maven"));
    executable(Files.writeString(bin.resolve("mvn"), "#!/bin/sh\n" + body + "\n"));
    return bin;
  }
}
