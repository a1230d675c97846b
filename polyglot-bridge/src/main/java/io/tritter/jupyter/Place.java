package io.tritter.jupyter;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say under which name and where the kernel spec is. */
final class Place {
  @Option(
      names = "--name",
      defaultValue = "tritter",
      description = "Of the kernel, as in `--kernel NAME`; ${DEFAULT-VALUE} if left out.")
  private String name = "";

  @ArgGroup private @Nullable Where where;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  Place() {}

  private static final class Where {
    @Option(names = "--user", description = "For this user: where it goes if nothing is said.")
    private boolean user;

    @Option(names = "--sys-prefix", description = "The active virtual or conda environment.")
    @SuppressWarnings("UnusedVariable") // of the three, the one that is left
    private boolean environment;

    @Option(names = "--prefix", paramLabel = "DIR", description = "DIR/share/jupyter/kernels.")
    private @Nullable Path prefix;
  }

  KernelSpec kernelSpec() {
    try {
      return new KernelSpec(data(), name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private Path data() {
    if (where == null || where.user) {
      return KernelSpec.userData(
          System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    }
    return KernelSpec.data(
        where.prefix == null ? activeEnvironment() : where.prefix.toAbsolutePath());
  }

  private Path activeEnvironment() {
    for (String variable : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      String folder = System.getenv(variable);
      if (folder != null && !folder.isEmpty()) {
        return Path.of(folder);
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--sys-prefix: expected an active environment (VIRTUAL_ENV or CONDA_PREFIX), got none");
  }
}
