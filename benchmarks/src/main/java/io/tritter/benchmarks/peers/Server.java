package io.tritter.benchmarks.peers;

import io.tritter.kernel.Kernels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers one line for each line of its standard input:
 *
 * <pre>
 * describe                                     one line about the JDK and the kernels
 * prepare OPERATION FOLDER NAME=INTEGER ...    names of the implementations, after one call of each
 * measure IMPLEMENTATION CALLS                 nanoseconds of so many calls
 * </pre>
 *
 * and ends with its input. An answer that starts with {@code error} says what went wrong.
 */
public final class Server {
  private static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      new HashMap<>();

  static {
    OPERATIONS.putAll(Dense.OPERATIONS);
    OPERATIONS.putAll(Transformers.OPERATIONS);
    OPERATIONS.putAll(Rows.OPERATIONS);
    OPERATIONS.putAll(Recurrent.OPERATIONS);
    OPERATIONS.putAll(Ternary.OPERATIONS);
    OPERATIONS.putAll(Hypervectors.OPERATIONS);
    OPERATIONS.putAll(DemoModel.OPERATIONS);
    OPERATIONS.putAll(Generation.OPERATIONS);
  }

  private final Map<String, Implementation> prepared = new LinkedHashMap<>();

  private Server() {}

  public static void main(String[] args) throws IOException {
    Server server = new Server();
    PrintStream answers = System.out;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      answers.println(server.answer(List.of(line.split(" "))));
      answers.flush();
    }
  }

  private String answer(List<String> words) throws IOException {
    try {
      return switch (words.get(0)) {
        case "describe" ->
            "JDK %s, %s".formatted(Runtime.version(), Kernels.active().description());
        case "prepare" -> prepare(Request.parse(words.subList(1, words.size())));
        case "measure" -> String.valueOf(measure(words.get(1), Integer.parseInt(words.get(2))));
        default -> "error unknown command " + words.get(0);
      };
    } catch (RuntimeException e) {
      return "error " + e;
    }
  }

  private String prepare(Request request) throws IOException {
    prepared.clear();
    Function<Request, List<Implementation>> operation = OPERATIONS.get(request.operation());
    if (operation == null) {
      return "";
    }
    for (Implementation implementation : operation.apply(request)) {
      implementation.call().run();
      request.write(implementation);
      prepared.put(implementation.name(), implementation);
    }
    return prepared.keySet().stream().collect(Collectors.joining(" "));
  }

  private long measure(String name, int calls) {
    Implementation implementation = prepared.get(name);
    if (implementation == null) {
      throw new IllegalArgumentException(name + ": expected one of " + prepared.keySet());
    }
    Runnable call = implementation.call();
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return System.nanoTime() - start;
  }
}
