package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BackendsTest {
  private static final Kernels SCALAR = new ScalarKernels();

  /** The build runs the tests without the incubator module once, and says so. */
  @Test
  void simdIsThereWhereTheModuleIsThere() {
    String expected = System.getProperty("expect.kernels", "simd");
    List<String> names = Kernels.available().stream().map(Kernels::name).toList();
    assertEquals(expected, names.get(names.indexOf("native") + 1));
    boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assertEquals(module, expected.equals("simd"));
  }

  @Test
  void nativeIsActiveOrThereIsAReason() {
    if (Kernels.withoutNative().isEmpty()) {
      assertEquals("native", Kernels.active().name());
    } else {
      assertEquals(System.getProperty("expect.kernels", "simd"), Kernels.active().name());
    }
  }

  @Test
  void theDefinitionIsAlwaysThereAndLast() {
    assertInstanceOf(ScalarKernels.class, Kernels.available().getLast());
  }

  @Test
  void anUnknownNameListsWhatThereIs() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Backends.choose("cuda", List.of(SCALAR)));
    assertEquals("tritter.kernels: expected one of [scalar], got cuda", e.getMessage());
  }

  @Test
  void aDeviceThatIsRefusedIsOneLineWithItsReason() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Backends.choose("gpu", List.of(SCALAR)));
    assertEquals("device: expected one of [cpu], got gpu", e.getMessage());
    assertEquals(
        "device: expected one of [cpu], got gpu; no Other: the device is a CPU",
        Backends.absent("device", List.of("cpu"), "gpu", Map.of("Other", "the device is a CPU"))
            .getMessage());
  }

  @Test
  void noNameTakesTheBestAndANameTakesThatOne() {
    List<Kernels> available = Kernels.available();
    assertSame(available.getFirst(), Backends.choose(null, available));
    assertSame(available.getFirst(), Backends.choose("", available));
    assertSame(available.getLast(), Backends.choose("scalar", available));
  }

  @Test
  void aDeviceHasItsBestBackendAndAnotherDeviceIsRefused() {
    assertEquals("cpu", Kernels.on("cpu").device());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Backends.on("gpu", List.of(SCALAR, SCALAR)));
    assertEquals("device: expected one of [cpu], got gpu", e.getMessage());
  }

  @Test
  void aThreadMayUseAnotherBackendThanTheOthers() throws InterruptedException {
    Kernels before = Kernels.active();
    List<Kernels> others = new ArrayList<>();
    Kernels.use(SCALAR);
    try {
      assertSame(SCALAR, Kernels.active());
      Thread other = new Thread(() -> others.add(Kernels.active()));
      other.start();
      other.join();
    } finally {
      Kernels.use(null);
    }
    assertSame(before, Kernels.active());
    assertEquals(List.of(before), others);
  }

  @Test
  void noBackendOfAnotherModuleIsRefusedWhereThereIsNone() {
    assertEquals(Map.of(), Kernels.refused());
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void eachSaysWhatItRunsOn(Kernels kernels) {
    assertFalse(kernels.description().isBlank());
    assertTrue(kernels.name().matches("[a-z]+"));
  }
}
