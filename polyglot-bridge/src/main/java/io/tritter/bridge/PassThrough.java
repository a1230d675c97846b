package io.tritter.bridge;

import java.util.List;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Hands all arguments of a command to Python, options included, unless the command wants them. */
final class PassThrough implements IParameterPreprocessor {
  /** A command that takes its arguments whole. */
  interface Receiver {
    /**
     * Takes the arguments.
     *
     * @return false to let picocli read them, for help or to report a mistake
     */
    boolean take(List<String> arguments);
  }

  @Override
  @SuppressWarnings("JdkObsolete") // the interface hands over a Stack, the first argument on top
  public boolean preprocess(
      Stack<String> args,
      CommandSpec command,
      @Nullable ArgSpec argument,
      Map<String, Object> info) {
    boolean taken =
        command.userObject() instanceof Receiver receiver && receiver.take(args.reversed());
    if (taken) {
      args.clear();
    }
    return taken;
  }
}
