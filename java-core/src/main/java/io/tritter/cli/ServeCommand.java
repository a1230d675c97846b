package io.tritter.cli;

import io.tritter.data.ChatTemplate;
import io.tritter.serve.Limits;
import io.tritter.serve.Server;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter serve}: answers requests of OpenAI's API until it is stopped. */
@Command(
    name = "serve",
    description = {
      "Answer completions over HTTP, with the requests of OpenAI's API.",
      "/v1/models, /v1/completions and /v1/chat/completions, whole or streamed. Ends with Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter serve --model demo-out/model",
      "  curl localhost:8080/v1/completions -d '{\"prompt\": \"def \", \"max_tokens\": 80}'"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description =
          "of chats: chatml, llama3, alpaca, plain; by default what the model's amounts to")
  private @Nullable String template;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      defaultValue = "localhost",
      description = "address to listen at; only this machine reaches localhost")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "0: any that is free")
  private int port;

  @Option(
      names = "--waiting",
      paramLabel = "N",
      defaultValue = "16",
      description = "requests that wait for their turn at most")
  private int waiting;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "4096",
      description = "ids of an answer at most")
  private int newTokens;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "of an answer at most")
  private int seconds;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ServeCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > MOST_PORT) {
      throw Check.expected("--port", "0 to " + MOST_PORT, port);
    }
    Check.atLeast("--timeout", seconds, 1);
    Check.atLeast("--max-new-tokens", newTokens, 1);
    Check.atLeast("--waiting", waiting, 0);
    InetSocketAddress wanted = new InetSocketAddress(host, port);
    if (wanted.isUnresolved()) {
      throw Check.expected("--host", "an address of this machine", host);
    }
    Limits limits = new Limits(waiting, Limits.DEFAULT.bodyBytes(), newTokens, seconds);
    ModelFile file = model.open();
    Path name = model.path().toAbsolutePath().normalize().getFileName();
    try (Server server =
        Server.start(
            wanted,
            file.model(),
            file.tokenizer(),
            template == null ? ChatTemplate.of(model.path()) : ChatTemplate.named(template),
            name == null ? "model" : name.toString(),
            limits)) {
      PrintWriter out = spec.commandLine().getOut();
      InetSocketAddress at = server.address();
      out.printf("http://%s:%d/v1  (Ctrl-C ends it)%n", at.getHostString(), at.getPort());
      out.flush();
      new CountDownLatch(1).await(); // until a signal ends the process
    } catch (BindException e) {
      throw new IOException("%s:%d: %s".formatted(host, port, e.getMessage()), e);
    }
    return 0;
  }
}
