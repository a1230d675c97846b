package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class RunPageTest {
  private static final int PLOTS = 4; // memory was not measured

  /** The page is XML too, which makes it easy to look into. */
  private static Document page(MetricsLog.Contents run, String text) throws Exception {
    String html = RunPage.html(text, run, Map.of(text, text), List.of(text));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> paths(Document page, String style) {
    List<Element> found = new ArrayList<>();
    NodeList all = page.getElementsByTagName("path");
    for (int i = 0; i < all.getLength(); i++) {
      Element path = (Element) all.item(i);
      if (path.getAttribute("class").strip().equals(style)) {
        found.add(path);
      }
    }
    return found;
  }

  @Test
  void aRunHasItsCurvesAndAStripOfItsPhases() throws Exception {
    Document page = page(LossPlotTest.run(1000), "demo");
    assertEquals(PLOTS, page.getElementsByTagName("svg").getLength());
    assertEquals(PLOTS, paths(page, "line").size());
    assertEquals(1, paths(page, "line held").size());
    for (Phase phase : Phase.values()) {
      assertEquals(1, paths(page, "strip " + phase).size(), phase.name());
      assertEquals(1, paths(page, "dots " + phase).size(), phase.name());
    }
    String warmup = paths(page, "strip WARMUP").getFirst().getAttribute("d");
    assertEquals(10, warmup.chars().filter(c -> c == 'M').count(), warmup);
  }

  @Test
  void textIsEscaped() throws Exception {
    String text = "<script>alert('a')</script> & \"b\"";
    Document page = page(LossPlotTest.run(3), text);
    assertEquals(0, page.getElementsByTagName("script").getLength());
    for (String place : List.of("title", "h1", "th", "td", "li")) {
      assertEquals(text, page.getElementsByTagName(place).item(0).getTextContent(), place);
    }
  }

  @Test
  void runsOfAnyLengthArePages() throws Exception {
    for (int steps : new int[] {0, 1, 2, 17, 7000}) {
      Document page = page(LossPlotTest.run(steps), "run");
      assertEquals(steps == 0 ? 0 : PLOTS, page.getElementsByTagName("svg").getLength());
    }
  }

  @Test
  void aLongRunIsASmallPageWithNumbersOnly() {
    String html = RunPage.html("run", LossPlotTest.run(50_000), Map.of(), List.of());
    assertTrue(html.length() < 400_000, "length " + html.length());
    assertFalse(html.contains("NaN") || html.contains("Infinity"));
    assertFalse(html.contains("http"), "the page needs nothing else");
  }

  @Test
  void lossesThatAreNotFiniteAreLeftOut() {
    List<StepMetrics> steps = new ArrayList<>(LossPlotTest.run(20).steps());
    steps.replaceAll(
        m -> new StepMetrics(m.step(), m.phase(), Double.NaN, Double.NaN, 0, 0, 0, 0, false));
    String html =
        RunPage.html("run", new MetricsLog.Contents(steps, List.of()), Map.of(), List.of());
    assertFalse(html.contains("NaN"), html);
  }
}
