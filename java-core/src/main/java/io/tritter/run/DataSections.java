package io.tritter.run;

import io.tritter.data.ChatTemplate;
import io.tritter.data.DataSettings;
import io.tritter.data.DataSource;
import io.tritter.data.HoldOut;
import io.tritter.format.FormatException;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} section: batches to train on and, from rows or files of their own, to judge by.
 */
record DataSections(DataSettings training, @Nullable DataSettings heldOut) {

  static DataSections read(YamlMapping section, long seed) throws FormatException {
    List<DataSource> sources = sources(section, "sources");
    List<DataSource> held = sources(section, "held_out");
    int every = section.integer("hold_out_every", held.isEmpty() ? 20 : 0);
    int batch = section.integer("batch", 16);
    int context = section.integer("context", 128);
    boolean pack = section.flag("pack", true);
    int shuffle = section.integer("shuffle", 1000);
    long epochs = section.whole("epochs", 0);
    boolean skip = section.flag("skip_bad_rows", false);
    int prefetch = section.integer("prefetch", 2);
    return section.end(
        () -> {
          if (!held.isEmpty() && every != 0) {
            throw Check.expected("hold_out_every", "0 beside held_out", every);
          }
          OptionalInt end = OptionalInt.empty();
          HoldOut rows = new HoldOut(every, false);
          DataSettings training =
              new DataSettings(
                  sources, batch, context, pack, shuffle, seed, epochs, rows, skip, prefetch, end);
          DataSettings other =
              new DataSettings(
                  held.isEmpty() ? sources : held,
                  batch,
                  context,
                  pack,
                  0,
                  seed,
                  1,
                  rows,
                  skip,
                  prefetch,
                  end);
          boolean none = held.isEmpty() && every == 0;
          return new DataSections(training, none ? null : other.forEvaluation());
        });
  }

  private static List<DataSource> sources(YamlMapping section, String key) throws FormatException {
    List<DataSource> sources = new ArrayList<>();
    for (YamlMapping source : section.mappings(key)) {
      String path = source.needed("path");
      String format = source.text("format", "text");
      Map<String, String> fields = source.texts("fields");
      String template = source.text("template");
      boolean prompts = source.flag("learn_prompts", false);
      double weight = source.number("weight", 1);
      sources.add(
          source.end(
              () ->
                  new DataSource(
                      path,
                      format,
                      fields,
                      template == null ? null : ChatTemplate.named(template),
                      prompts,
                      weight)));
    }
    return sources;
  }
}
