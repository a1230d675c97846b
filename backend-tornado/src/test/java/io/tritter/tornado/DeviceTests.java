package io.tritter.tornado;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The tests of the device without Maven, for the archive of benchmarks/gpu. */
final class DeviceTests {
  private static final List<String> CONTRACT =
      List.of(
          "Absmax",
          "Attention",
          "ElementwiseContract",
          "Gated",
          "Gru",
          "LinearCrossEntropy",
          "Matmul",
          "RmsNorm",
          "RmsNormQuantize",
          "RmsNormRope",
          "Rope",
          "Softmax",
          "TernaryLevel",
          "TernaryMatmul",
          "TritPlanes");

  private DeviceTests() {}

  /** Runs all and prints the failures; the exit code is 1 if there are any. */
  public static void main(String[] args) {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    request.selectors(
        DiscoverySelectors.selectClass(BitLinearTest.class),
        DiscoverySelectors.selectClass(DeviceTest.class),
        DiscoverySelectors.selectClass(LlamaTrainingTest.class),
        DiscoverySelectors.selectClass(TransformerBlockTest.class));
    for (String test : CONTRACT) {
      request.selectors(DiscoverySelectors.selectClass("io.tritter.kernel." + test + "Test"));
    }
    // There is one device, whose traffic and memory tests count.
    request.configurationParameter("junit.jupiter.execution.parallel.enabled", "false");
    request.filters(TagFilter.excludeTags("heap")); // of what the CPU's kernels leave there
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request.build(), summary);
    PrintStream out = System.out;
    PrintWriter writer = new PrintWriter(out, true, StandardCharsets.UTF_8);
    summary.getSummary().printFailuresTo(writer, 10);
    writer.printf(
        "%d passed, %d failed%n",
        summary.getSummary().getTestsSucceededCount(), summary.getSummary().getTestsFailedCount());
    System.exit(summary.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
  }
}
