package io.tritter.tornado;

/** What is computed has no room on the device. */
final class OutOfDeviceMemoryException extends RuntimeException {
  @java.io.Serial private static final long serialVersionUID = 1;

  OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
