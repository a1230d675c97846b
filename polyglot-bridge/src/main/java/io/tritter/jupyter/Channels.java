package io.tritter.jupyter;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * The five sockets of a kernel.
 *
 * <p>A socket belongs to the thread that receives from it; only {@link #publish} is for all.
 */
final class Channels implements AutoCloseable {
  private static final int LINGER_MILLIS = 1000;

  /** A socket from which messages come. */
  final class Channel {
    private final ZMQ.Socket socket;
    private final ZMQ.Poller poller;

    private Channel(int port) {
      socket = bind(SocketType.ROUTER, port);
      poller = context.createPoller(1);
      poller.register(socket, ZMQ.Poller.POLLIN);
    }

    /** The next message, or null if there is none within the time; others than ours are dropped. */
    @Nullable Message receive(int timeoutMillis) {
      if (poller.poll(timeoutMillis) <= 0) {
        return null;
      }
      List<byte[]> frames = new ArrayList<>();
      do {
        frames.add(socket.recv());
      } while (socket.hasReceiveMore());
      try {
        return wire.read(frames);
      } catch (IOException e) {
        System.err.println("tritter: " + e.getMessage());
        return null;
      }
    }

    /** Sends to whom a message came from. */
    void send(Message request, String type, JsonNode content) {
      Channels.send(
          socket, wire.write(wire.message(request.route(), type, request.header(), content)));
    }
  }

  final Channel shell;
  final Channel control;
  final Channel stdin;

  private final ConnectionFile file;
  private final Wire wire;
  private final ZContext context = new ZContext();
  private final ZMQ.Socket iopub;

  Channels(ConnectionFile file) {
    this.file = file;
    wire = new Wire(file.key());
    shell = new Channel(file.shell());
    control = new Channel(file.control());
    stdin = new Channel(file.stdin());
    iopub = bind(SocketType.PUB, file.iopub());
    ZMQ.Socket heartbeat = bind(SocketType.REP, file.heartbeat());
    Thread.ofPlatform()
        .daemon()
        .name("heartbeat")
        .start(() -> ZMQ.proxy(heartbeat, heartbeat, null));
  }

  /** Tells all frontends. */
  void publish(JsonNode parent, String type, JsonNode content) {
    List<byte[]> frames =
        wire.write(wire.message(List.of(Wire.bytes(type)), type, parent, content));
    synchronized (iopub) {
      send(iopub, frames);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private ZMQ.Socket bind(SocketType type, int port) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setLinger(LINGER_MILLIS);
    socket.bind(file.address(port));
    return socket;
  }

  private static void send(ZMQ.Socket socket, List<byte[]> frames) {
    for (int i = 0; i < frames.size() - 1; i++) {
      socket.sendMore(frames.get(i));
    }
    socket.send(frames.getLast());
  }
}
