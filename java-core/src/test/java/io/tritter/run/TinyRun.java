package io.tritter.run;

import io.tritter.train.StepMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run of a tiny model on a text, in this process or in one of its own. */
final class TinyRun {
  private TinyRun() {}

  /** The file of a run, with its data beside it. */
  static RunFile file(Path folder, String... settings) throws IOException {
    Path texts = Files.createDirectories(folder.resolve("texts"));
    for (int i = 0; i < 6; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < 400; j++) {
        text.append("the ").append(j * (i + 3) % 97).append(" small words\n");
      }
      Files.writeString(texts.resolve(i + ".txt"), text);
    }
    String yaml =
        """
        model: {hidden_size: 16, intermediate_size: 24, layers: 1, heads: 2, context: 16}
        data:
          sources: [{path: %s}]
          hold_out_every: 4
          batch: 2
          context: 16
          shuffle: 3
        training:
          steps: 60
          seed: 5
          accumulate: 2
          schedule: {kind: wsd, warmup_steps: 5, decay_steps: 20}
          phases: {warmup: 4, full: 3, predict: 4, correct_every: 2}
        evaluation: {every: 10, batches: 2}
        checkpoints: {every: 7, keep_last: 2, keep_best: 1}
        output: %s
        """
            .formatted(texts, folder.resolve("out"));
    return RunFile.parse("run.yaml", yaml, List.of(settings));
  }

  /** Trains to the end, or takes so many further steps. */
  static RunSummary train(RunFile file, boolean resume, long steps) throws IOException {
    long[] taken = {0};
    RunListener counter =
        new RunListener() {
          @Override
          public void step(StepMetrics metrics, double done) {
            taken[0]++;
          }
        };
    try (TrainingRun run =
        resume ? TrainingRun.resume(file, counter) : TrainingRun.start(file, counter)) {
      return run.train(() -> steps > 0 && taken[0] >= steps);
    }
  }

  /** A JVM that goes on with the run in a folder, and says each step and checkpoint. */
  static Process start(Path folder, long steps, String... settings) throws IOException {
    return start(List.of("--add-modules=jdk.incubator.vector"), folder, steps, settings);
  }

  /** The same with options of the JVM. */
  static Process start(List<String> options, Path folder, long steps, String... settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(TinyRun.class.getName(), folder.toString(), Long.toString(steps)));
    command.addAll(List.of(settings));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  static BufferedReader output(Process process) {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** The process of {@link #start}. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    RunFile file =
        file(Path.of(args[0]), List.of(args).subList(2, args.length).toArray(String[]::new));
    long most = Long.parseLong(args[1]);
    long[] taken = {0};
    RunListener speaker =
        new RunListener() {
          @Override
          public void step(StepMetrics metrics, double done) {
            taken[0]++;
            System.out.println("step " + metrics.step());
          }

          @Override
          public void checkpoint(Path directory) {
            System.out.println("checkpoint");
          }
        };
    try (TrainingRun run = TrainingRun.resume(file, speaker)) {
      run.train(() -> most > 0 && taken[0] >= most);
    }
  }
}
