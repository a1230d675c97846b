package io.tritter.jupyter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.bridge.PythonHost;
import io.tritter.jupyter.Channels.Channel;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * A running kernel. Python's thread reads the shell channel and runs the cells; a second thread
 * reads the control channel, so that a running cell can be interrupted and the kernel shut down.
 */
final class Kernel {
  private static final String EXECUTE = "execute_request";
  private static final String INFO = "kernel_info_request";
  private static final int POLL_MILLIS = 200;
  private static final int FLUSH_MILLIS = 50;
  private static final int GRACE_MILLIS = 2000;

  private final Channels channels;
  private final Frontend frontend;
  private final Value python;
  private final JsonNode info;
  private volatile boolean stopping;
  private volatile boolean executing;

  private Kernel(Channels channels, Frontend frontend, PythonHost host) {
    this.channels = channels;
    this.frontend = frontend;
    Value unfinished = host.evalResource("run.py").getHashValue("unfinished");
    python =
        host.eval("from tritter_accel._jupyter import Kernel; Kernel")
            .execute(frontend, unfinished);
    python.invokeMember("attach");
    info = Wire.parse(python.invokeMember("info").asString());
  }

  /** Serves the frontends of a connection until one of them shuts the kernel down. */
  static void run(ConnectionFile file) {
    try (Channels channels = new Channels(file)) {
      Message none = new Message(List.of(), Wire.object(), Wire.object(), Wire.object());
      Frontend frontend = new Frontend(channels, none);
      frontend.publish("status", "{\"execution_state\": \"starting\"}");
      PythonHost.Builder builder =
          PythonHost.trusted()
              .interruptible()
              .streams(
                  InputStream.nullInputStream(),
                  frontend.stream("stdout"),
                  frontend.stream("stderr"));
      try (PythonHost host = builder.open()) {
        Kernel kernel = new Kernel(channels, frontend, host);
        daemon("output", kernel::flushRegularly);
        kernel.stopWithParent();
        daemon("control", kernel::control);
        kernel.shell();
      }
    }
  }

  private void shell() {
    while (!stopping) {
      Message request = channels.shell.receive(POLL_MILLIS);
      if (request != null) {
        frontend.begin(request);
        List<Message> behind = new ArrayList<>();
        serve(channels.shell, request, r -> replyAndCollect(r, behind));
        behind.forEach(this::abort);
      }
    }
  }

  /**
   * Cells that were sent together with one that fails are not run. They are collected before its
   * reply is sent: what a frontend sends when it knows of the failure is no longer among them.
   */
  private @Nullable JsonNode replyAndCollect(Message request, List<Message> behind) {
    JsonNode reply = reply(request);
    boolean failed = reply != null && reply.path("status").asText().equals("error");
    if (failed && request.content().path("stop_on_error").asBoolean(true)) {
      Message waiting = channels.shell.receive(0);
      while (waiting != null) {
        behind.add(waiting);
        waiting = channels.shell.receive(0);
      }
    }
    return reply;
  }

  private void abort(Message request) {
    boolean cell = request.type().equals(EXECUTE);
    frontend.begin(request);
    serve(channels.shell, request, cell ? r -> status("aborted") : this::reply);
  }

  private void control() {
    while (!stopping) {
      Message request = channels.control.receive(POLL_MILLIS);
      if (request != null) {
        serve(channels.control, request, this::controlReply);
        if (request.type().equals("shutdown_request")) {
          stop();
        }
      }
    }
  }

  private void serve(
      Channel channel, Message request, Function<Message, @Nullable JsonNode> handler) {
    publishState(request, "busy");
    JsonNode reply = handler.apply(request);
    frontend.flush();
    if (reply != null) {
      channel.send(request, request.type().replace("_request", "_reply"), reply);
    }
    publishState(request, "idle");
  }

  private @Nullable JsonNode controlReply(Message request) {
    return switch (request.type()) {
      case INFO -> info;
      case "interrupt_request" -> {
        if (executing) { // otherwise the signal would wait for the next cell
          PythonHost.interrupt();
        }
        yield status("ok");
      }
      case "shutdown_request" ->
          status("ok").put("restart", request.content().path("restart").asBoolean());
      default -> null;
    };
  }

  private @Nullable JsonNode reply(Message request) {
    if (request.type().equals(INFO)) {
      return info;
    }
    executing = request.type().equals(EXECUTE);
    try {
      Value reply = python.invokeMember("reply", request.type(), request.content().toString());
      return reply.isNull() ? null : Wire.parse(reply.asString());
    } catch (PolyglotException e) { // past Python's own handling: os._exit, exhausted memory
      stopping = e.isExit();
      return failure(e);
    } finally {
      executing = false;
    }
  }

  private JsonNode failure(PolyglotException e) {
    ObjectNode error = Wire.object().put("ename", "InternalError").put("evalue", e.getMessage());
    error.putArray("traceback").add(e.toString());
    frontend.publish("error", error.toString());
    return error.put("status", "error");
  }

  /** Ends the cell that runs, then the process: in order, or after a while in any case. */
  private void stop() {
    stopping = true;
    PythonHost.interrupt();
    sleep(GRACE_MILLIS);
    Runtime.getRuntime().halt(0);
  }

  /** Jupyter names the process without which nobody needs the kernel. */
  private void stopWithParent() {
    String pid = System.getenv("JPY_PARENT_PID");
    if (pid != null) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(
              parent ->
                  daemon(
                      "parent",
                      () -> {
                        parent.onExit().join();
                        stop();
                      }));
    }
  }

  /** What a running cell prints shows while it runs. */
  private void flushRegularly() {
    while (!stopping) {
      sleep(FLUSH_MILLIS);
      frontend.flush();
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread.ofPlatform().daemon().name(name).start(task);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody does
    }
  }

  private void publishState(Message request, String state) {
    channels.publish(request.header(), "status", Wire.object().put("execution_state", state));
  }

  private static ObjectNode status(String status) {
    return Wire.object().put("status", status);
  }
}
