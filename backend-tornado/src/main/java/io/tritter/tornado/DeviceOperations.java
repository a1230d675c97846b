package io.tritter.tornado;

/** What the operations on a device ask for. */
interface DeviceOperations {
  Device hardware();

  Limits limits();

  /** Runs on the device; false where it has no room, and then nothing has been written. */
  default boolean fits(Runnable operation) {
    try {
      operation.run();
      return true;
    } catch (OutOfDeviceMemoryException e) {
      return false;
    }
  }
}
