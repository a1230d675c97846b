package io.tritter.tornado;

/**
 * What a device was asked to do.
 *
 * @param toDevice bytes copied to it, arguments of kernels included
 * @param toHost bytes copied from it
 * @param launches of kernels
 */
public record Traffic(long toDevice, long toHost, long launches) {
  /** What came after an earlier count. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        toDevice - earlier.toDevice, toHost - earlier.toHost, launches - earlier.launches);
  }

  @Override
  public String toString() {
    return "%d bytes to the device, %d bytes back, %d launches"
        .formatted(toDevice, toHost, launches);
  }
}
