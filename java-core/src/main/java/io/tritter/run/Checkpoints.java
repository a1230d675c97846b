package io.tritter.run;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run, {@code step-00000100} and so on. One that is there is whole: it was
 * written beside its place, forced to the disk and renamed. Older ones go only after that.
 */
final class Checkpoints {
  private static final String PREFIX = "step-";
  private static final String UNFINISHED = ".unfinished-";

  private final Path folder;
  private final CheckpointSettings settings;

  /** Held-out losses by step, of checkpoints that have one. */
  private final Map<Long, Double> losses = new HashMap<>();

  Checkpoints(Path folder, CheckpointSettings settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    for (long step : steps()) {
      double loss = Checkpoint.loss(place(step));
      if (!Double.isNaN(loss)) {
        losses.put(step, loss);
      }
    }
  }

  /** Writes into a directory that does not exist yet. */
  interface Content {
    void writeTo(Path directory) throws IOException;
  }

  /**
   * Adds a checkpoint and removes what is no longer kept. Where this fails, as on a full disk, the
   * earlier ones are as they were.
   *
   * @param loss held-out loss, NaN if it was not measured
   */
  void add(long step, double loss, Content content) throws IOException {
    Files.createDirectories(folder);
    Path unfinished = folder.resolve(UNFINISHED + step);
    remove(unfinished);
    try {
      content.writeTo(unfinished);
      Path place = place(step);
      remove(place); // the same step again, after a checkpoint that could not be read
      Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
      Manifest.forceFolder(folder);
    } finally {
      remove(unfinished);
    }
    if (!Double.isNaN(loss)) {
      losses.put(step, loss);
    }
    clean();
  }

  /**
   * The newest checkpoint that is whole.
   *
   * @param report gets a line for each newer one that is not
   * @return null if there is none
   */
  @Nullable Checkpoint latest(Consumer<String> report) throws IOException {
    List<Long> steps = steps();
    for (int i = steps.size() - 1; i >= 0; i--) {
      try {
        return Checkpoint.read(place(steps.get(i)));
      } catch (FormatException | NoSuchFileException e) {
        report.accept("checkpoint of step " + steps.get(i) + " is not whole: " + e.getMessage());
      }
    }
    return null;
  }

  /** Steps that have a checkpoint, in order. */
  List<Long> steps() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(PREFIX + "\\d{8,15}"))
          .map(name -> Long.parseLong(name.substring(PREFIX.length())))
          .sorted()
          .toList();
    }
  }

  /** Where the checkpoint of a step is. */
  Path place(long step) {
    return folder.resolve("%s%08d".formatted(PREFIX, step));
  }

  /** The checkpoint with the least held-out loss, or the newest one where none was measured. */
  @Nullable Path best() throws IOException {
    List<Long> steps = steps();
    return losses.entrySet().stream()
        .filter(entry -> steps.contains(entry.getKey()))
        .min(Map.Entry.comparingByValue())
        .map(entry -> place(entry.getKey()))
        .orElse(steps.isEmpty() ? null : place(steps.get(steps.size() - 1)));
  }

  private void clean() throws IOException {
    List<Long> steps = steps();
    Set<Long> kept = new HashSet<>();
    kept.addAll(steps.subList(Math.max(0, steps.size() - settings.keepLast()), steps.size()));
    List<Long> judged = new ArrayList<>(steps);
    judged.retainAll(losses.keySet());
    judged.sort(Comparator.comparing(losses::get));
    kept.addAll(judged.subList(0, Math.min(settings.keepBest(), judged.size())));
    for (long step : steps) {
      if (!kept.contains(step)) {
        remove(place(step));
      }
    }
    losses.keySet().retainAll(kept);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(UNFINISHED)) {
          remove(file);
        }
      }
    }
  }

  /** Removes a directory; under another name first, so that no half of it is ever taken for one. */
  private void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Path doomed = directory;
    if (!directory.getFileName().toString().startsWith(UNFINISHED)) {
      doomed = folder.resolve(UNFINISHED + "removed-" + directory.getFileName());
      remove(doomed);
      Files.move(directory, doomed, StandardCopyOption.ATOMIC_MOVE);
    }
    try (Stream<Path> tree = Files.walk(doomed)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
