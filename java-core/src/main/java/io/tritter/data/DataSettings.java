package io.tritter.data;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What batches are made of, from files to ids: sources, mixed, shuffled, packed, read ahead.
 *
 * @param sources one at least; several are drawn from by their weights
 * @param batch sequences a batch
 * @param context ids a sequence
 * @param pack whether sequences are filled with one example behind the other, without gaps and
 *     across their ends; otherwise each is one example, cut or filled up
 * @param shuffle examples that are put into another order together, and so many packed sequences
 *     after that; 0 for none
 * @param seed of the shuffle and the mixture
 * @param epochs 0 for without end; sources of a mixture that is without end are repeated each by
 *     itself, so that their weights hold
 * @param holdOut which rows are taken
 * @param skipBadRows whether rows that cannot be used are left out, and not errors
 * @param prefetch batches that a thread makes ahead; 0 for none, and no thread
 * @param endId between documents; empty for the first that the tokenizer names, -1 for none
 */
public record DataSettings(
    List<DataSource> sources,
    int batch,
    int context,
    boolean pack,
    int shuffle,
    long seed,
    long epochs,
    HoldOut holdOut,
    boolean skipBadRows,
    int prefetch,
    OptionalInt endId) {
  public DataSettings {
    sources = List.copyOf(sources);
    Check.atLeast("sources", sources.size(), 1);
    Batch.check(batch, context);
    Check.atLeast("shuffle", shuffle, 0);
    if (epochs < 0) {
      throw Check.expected("epochs", "at least 0", epochs);
    }
    Check.atLeast("prefetch", prefetch, 0);
  }

  /** Packed and not shuffled, without end, two batches ahead; a bad row is an error. */
  public static DataSettings of(List<DataSource> sources, int batch, int context) {
    return new DataSettings(
        sources, batch, context, true, 0, 0, 0, HoldOut.NONE, false, 2, OptionalInt.empty());
  }

  /** With one source more. */
  public DataSettings and(DataSource source) {
    List<DataSource> all = new ArrayList<>(sources);
    all.add(source);
    return new DataSettings(
        all, batch, context, pack, shuffle, seed, epochs, holdOut, skipBadRows, prefetch, endId);
  }

  /** The same files once, in their order, for a loss that is measured: held-out rows if any are. */
  public DataSettings forEvaluation() {
    HoldOut held = holdOut.every() == 0 ? holdOut : new HoldOut(holdOut.every(), true);
    return new DataSettings(
        sources, batch, context, pack, 0, seed, 1, held, skipBadRows, prefetch, endId);
  }

  /**
   * The batches.
   *
   * @param report gets a line for each of the first rows that are left out
   * @throws IOException if files cannot be found or read
   * @throws IllegalArgumentException for a folder or pattern without files of one kind
   */
  public DataStream<Batch> open(Tokenizer tokenizer, Consumer<String> report) throws IOException {
    int end = endId.orElse(ExampleEncoder.endId(tokenizer));
    List<DataStream<Example>> opened = new ArrayList<>();
    for (DataSource source : sources) {
      ExampleEncoder encoder = new ExampleEncoder(tokenizer, end);
      opened.add(source.open(holdOut, encoder, new BadRows(skipBadRows, report)));
    }
    DataStream<Batch> batches = batches(examples(opened));
    return prefetch == 0 ? batches : new Prefetch<>(batches, prefetch);
  }

  private DataStream<Example> examples(List<DataStream<Example>> opened) {
    DataStream<Example> mixed = opened.get(0);
    boolean repeated = false;
    if (opened.size() > 1) {
      repeated = epochs == 0;
      List<DataStream<Example>> parts = new ArrayList<>();
      for (DataStream<Example> source : opened) {
        parts.add(repeated ? new Repeat<>(source, 0) : source);
      }
      double[] weights = sources.stream().mapToDouble(DataSource::weight).toArray();
      mixed = new Mixture<>(parts, weights, seed);
    }
    DataStream<Example> shuffled = shuffle == 0 ? mixed : new Shuffle<>(mixed, shuffle, ~seed);
    return repeated ? shuffled : new Repeat<>(shuffled, epochs);
  }

  /**
   * Sequences that are packed lie one behind the other in the text; without a shuffle of their own
   * a batch would be one stretch of it.
   */
  private DataStream<Batch> batches(DataStream<Example> examples) {
    if (!pack) {
      return new Grouping(new Padding(examples, context), batch, context);
    }
    if (shuffle == 0) {
      return new Packing(examples, batch, context);
    }
    DataStream<Batch> sequences = new Packing(examples, 1, context);
    return new Grouping(new Shuffle<>(sequences, shuffle, seed + 1), batch, context);
  }
}
