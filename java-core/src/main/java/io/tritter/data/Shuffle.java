package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Elements in blocks, each block in an order that seed, epoch and its number decide.
 *
 * <p>The place is that before the block, and how many of it were given out: a restored stream reads
 * the block again. A buffer out of which single elements are replaced would mix a little further,
 * and have to be saved with all its elements.
 */
public final class Shuffle<T> implements DataStream<T> {
  private static final String KIND = "shuffle";

  private final DataStream<T> source;
  private final int size;
  private final long seed;
  private final List<T> block = new ArrayList<>();
  private int[] order = {};
  private int given;
  private long epoch;
  private long blocks;

  /** Where the block begins. */
  private ObjectNode before;

  /**
   * A shuffled stream.
   *
   * @param size elements a block, which are in memory together
   */
  public Shuffle(DataStream<T> source, int size, long seed) {
    this.source = source;
    this.size = Check.atLeast("shuffle", size, 1);
    this.seed = seed;
    before = source.state();
  }

  @Override
  public @Nullable T next() throws IOException {
    if (given == block.size()) {
      fill();
    }
    return block.isEmpty() ? null : block.get(order[given++]);
  }

  /** Reads a block; where that fails, the place is still that before it. */
  private void fill() throws IOException {
    before = source.state();
    given = 0;
    block.clear();
    List<T> read = new ArrayList<>();
    T next = source.next();
    while (next != null) {
      read.add(next);
      next = read.size() < size ? source.next() : null;
    }
    block.addAll(read);
    order = new Draws(seed, epoch).order(block.size(), blocks * size);
    blocks += block.isEmpty() ? 0 : 1;
  }

  @Override
  public void reset(long epoch) throws IOException {
    source.reset(epoch);
    begin(epoch, 0);
  }

  private void begin(long epoch, long blocks) {
    this.epoch = epoch;
    this.blocks = blocks;
    given = 0;
    block.clear();
    before = source.state();
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    return source.lengthHint();
  }

  @Override
  public ObjectNode state() {
    boolean inside = given < block.size();
    ObjectNode state = StreamState.of(KIND).put("epoch", epoch);
    state.put("blocks", inside ? blocks - 1 : blocks).put("given", inside ? given : 0);
    state.set("source", inside || block.isEmpty() ? before : source.state());
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    long toEpoch = StreamState.number(state, "epoch");
    long toBlocks = StreamState.number(state, "blocks");
    long toGiven = StreamState.number(state, "given");
    source.restore(StreamState.part(state, "source"));
    begin(toEpoch, toBlocks);
    if (toGiven > 0) {
      fill();
      if (toGiven >= block.size()) {
        throw Check.expected("state.given", "less than " + block.size() + " of a block", toGiven);
      }
      given = (int) toGiven;
    }
  }

  @Override
  public void close() throws IOException {
    block.clear();
    source.close();
  }
}
