package io.tritter.tornado;

/**
 * From which size on an operation runs on the device.
 *
 * <p>A call of {@code Kernels} has its operands in the memory of the host, so they cross the bus
 * both ways. Products read each number many times and repay that; passes that read each number once
 * do not, and stay on the CPU unless they are asked for: chains of them belong into a {@link
 * Sequence}, whose memory stays on the device.
 *
 * @param products multiply-adds of a product, an attention or a recurrence
 * @param elements numbers of a pass over memory
 */
record Limits(long products, long elements) {
  /** Property: multiply-adds from which products run on the device. */
  static final String PRODUCTS = "tritter.tornado.products";

  /** Property: numbers from which passes over memory run on the device. */
  static final String ELEMENTS = "tritter.tornado.elements";

  /** Everything that the device can do. */
  static final Limits NONE = new Limits(0, 0);

  private static final long DEFAULT_PRODUCTS = 1L << 27;

  /** Those of the properties; their defaults are estimates, not measured on a GPU. */
  static Limits configured() {
    return new Limits(
        Long.getLong(PRODUCTS, DEFAULT_PRODUCTS), Long.getLong(ELEMENTS, Long.MAX_VALUE));
  }

  boolean admitProducts(long count) {
    return count > 0 && count >= products;
  }

  boolean admitElements(long count) {
    return count > 0 && count >= elements;
  }

  @Override
  public String toString() {
    return "products from "
        + products
        + " multiply-adds on, passes "
        + (elements == Long.MAX_VALUE ? "never" : "from " + elements + " numbers on");
  }
}
