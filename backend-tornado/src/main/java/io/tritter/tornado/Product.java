package io.tritter.tornado;

import java.util.List;

/**
 * A linear layer on the device, {@code y = x weight^T}, with the gradient of its weight.
 *
 * @param rows of x and y
 * @param in columns of x
 * @param out columns of y
 * @param weight [out, in]
 * @param gradient [out, in]
 */
record Product(int rows, int in, int out, int weight, int gradient) {
  /** The product to y, or added to it. */
  Launch forward(int x, int y, boolean accumulate) {
    return Matmul.launch(x, false, weight, true, y, rows, out, in, accumulate);
  }

  /** The gradient of the weight, written, and that of x, written or added to. */
  List<Launch> backward(int x, int dy, int dx, boolean accumulate) {
    return List.of(
        Matmul.launch(dy, true, x, false, gradient, out, in, rows, false),
        Matmul.launch(dy, false, weight, false, dx, rows, in, out, accumulate));
  }
}
