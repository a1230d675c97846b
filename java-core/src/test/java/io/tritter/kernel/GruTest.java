package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GruTest {
  private static final double GOLDEN = 1e-5;

  /** The vector exponential and float32 sums, through up to 5 steps. */
  private static final double FLOAT32 = 1e-5;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int size) {
    int hidden = Math.min(size, 207); // the scalar products are slow
    Case expected = new Case(3, 5, 17, hidden).run(SCALAR);
    Case actual = new Case(3, 5, 17, hidden).run(kernels);
    assertSame(expected, actual, FLOAT32);
  }

  private static void assertSame(Case expected, Case actual, double bound) {
    assertClose("out", expected.out, actual.out, bound);
    assertClose("dx", expected.dx, actual.dx, bound);
    assertClose("dh0", expected.dh0, actual.dh0, bound);
    assertClose("dwIh", expected.dwIh, actual.dwIh, bound);
    assertClose("dwHh", expected.dwHh, actual.dwHh, bound);
    assertClose("dbIh", expected.dbIh, actual.dbIh, bound);
    assertClose("dbHh", expected.dbHh, actual.dbHh, bound);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void isPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("gru");
    Tensor x = golden.get("x");
    Case c = new Case(x.dim(0), x.dim(1), x.dim(2), golden.get("w_hh").dim(1));
    c.x.copyFrom(x);
    c.h0.copyFrom(golden.get("h0").reshape(c.batch, c.hidden));
    c.wIh.copyFrom(golden.get("w_ih"));
    c.wHh.copyFrom(golden.get("w_hh"));
    c.bIh.copyFrom(golden.get("b_ih"));
    c.bHh.copyFrom(golden.get("b_hh"));
    c.dout.copyFrom(golden.get("dout"));
    c.run(kernels);
    assertClose("out", golden.get("out"), c.out, GOLDEN);
    assertClose("dx", golden.get("dx"), c.dx, GOLDEN);
    assertClose("dh0", golden.get("dh0"), c.dh0, GOLDEN);
    assertClose("dw_ih", golden.get("dw_ih"), c.dwIh, GOLDEN);
    assertClose("dw_hh", golden.get("dw_hh"), c.dwHh, GOLDEN);
    assertClose("db_ih", golden.get("db_ih"), c.dbIh, GOLDEN);
    assertClose("db_hh", golden.get("db_hh"), c.dbHh, GOLDEN);
  }

  /** A cell is a sequence of length 1. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void aSequenceIsItsStepsOneAfterTheOther(Kernels kernels) {
    Case all = new Case(1, 6, 9, 21);
    all.forward(kernels);
    Tensor state = all.h0.copy();
    for (int t = 0; t < 6; t++) {
      Case cell = new Case(1, 1, 9, 21);
      cell.x.copyFrom(all.x.reshape(6, 9).rows(t, t + 1).reshape(1, 1, 9));
      cell.h0.copyFrom(state);
      cell.forward(kernels);
      state.copyFrom(cell.out.reshape(1, 21));
      assertClose("step " + t, all.out.reshape(6, 21).rows(t, t + 1), state, 0);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void gradientsOfParametersAreAddedTo(Kernels kernels) {
    Case once = new Case(2, 3, 5, 6).run(kernels);
    Case twice = new Case(2, 3, 5, 6).run(kernels).run(kernels);
    once.dwIh.axpby(1, once.dwIh.copy(), 1);
    once.dwHh.axpby(1, once.dwHh.copy(), 1);
    once.dbIh.axpby(1, once.dbIh.copy(), 1);
    once.dbHh.axpby(1, once.dbHh.copy(), 1);
    assertSame(once, twice, FLOAT32);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    Case c = new Case(2, 4, 3, 5).run(kernels);
    assertClose("dx", c.derivative(c.x), c.dx, FLOAT32);
    assertClose("dh0", c.derivative(c.h0), c.dh0, FLOAT32);
    assertClose("dwIh", c.derivative(c.wIh), c.dwIh, FLOAT32);
    assertClose("dwHh", c.derivative(c.wHh), c.dwHh, FLOAT32);
    assertClose("dbIh", c.derivative(c.bIh), c.dbIh, FLOAT32);
    assertClose("dbHh", c.derivative(c.bHh), c.dbHh, FLOAT32);
  }

  /** Inputs and results of one shape. */
  private static final class Case {
    final int batch;
    final int seqLen;
    final int inputs;
    final int hidden;
    final Tensor x;
    final Tensor h0;
    final Tensor wIh;
    final Tensor wHh;
    final Tensor bIh;
    final Tensor bHh;
    final Tensor dout;
    final Tensor out;
    final Tensor gates;
    final Tensor dx;
    final Tensor dh0;
    final Tensor dwIh;
    final Tensor dwHh;
    final Tensor dbIh;
    final Tensor dbHh;

    Case(int batch, int seqLen, int inputs, int hidden) {
      this.batch = batch;
      this.seqLen = seqLen;
      this.inputs = inputs;
      this.hidden = hidden;
      x = normal(1, batch, seqLen, inputs);
      h0 = normal(2, batch, hidden);
      wIh = scaled(3, 3 * hidden, inputs);
      wHh = scaled(4, 3 * hidden, hidden);
      bIh = normal(5, 3 * hidden);
      bHh = normal(6, 3 * hidden);
      dout = normal(7, batch, seqLen, hidden);
      out = Tensor.zeros(batch, seqLen, hidden);
      gates = Tensor.zeros(4, batch, seqLen, hidden);
      dx = Tensor.zeros(batch, seqLen, inputs);
      dh0 = Tensor.zeros(batch, hidden);
      dwIh = Tensor.zeros(3 * hidden, inputs);
      dwHh = Tensor.zeros(3 * hidden, hidden);
      dbIh = Tensor.zeros(3 * hidden);
      dbHh = Tensor.zeros(3 * hidden);
    }

    private static Tensor scaled(long seed, int rows, int cols) {
      Tensor w = normal(seed, rows, cols);
      w.axpby((float) (1 / Math.sqrt(cols)), w, 0);
      return w;
    }

    void forward(Kernels kernels) {
      kernels.gru(
          x.data(),
          h0.data(),
          wIh.data(),
          wHh.data(),
          bIh.data(),
          bHh.data(),
          out.data(),
          gates.data(),
          batch,
          seqLen,
          inputs,
          hidden);
    }

    Case run(Kernels kernels) {
      forward(kernels);
      kernels.gruBackward(
          x.data(),
          h0.data(),
          wIh.data(),
          wHh.data(),
          out.data(),
          gates.data(),
          dout.data(),
          dx.data(),
          dh0.data(),
          dwIh.data(),
          dwHh.data(),
          dbIh.data(),
          dbHh.data(),
          batch,
          seqLen,
          inputs,
          hidden);
      return this;
    }

    /** The derivative of {@code sum(out * dout)} by one of the inputs. */
    Tensor derivative(Tensor by) {
      Tensor[] all = {x, h0, wIh, wHh, bIh, bHh};
      double[][] values = new double[all.length][];
      int index = 0;
      for (int i = 0; i < all.length; i++) {
        values[i] = Differences.doubles(all[i]);
        index = all[i] == by ? i : index;
      }
      int at = index;
      return Differences.gradient(
          v -> {
            double[][] changed = values.clone();
            changed[at] = v;
            return loss(changed);
          },
          by);
    }

    private double loss(double[][] v) {
      double loss = 0;
      for (int b = 0; b < batch; b++) {
        double[] h = Arrays.copyOfRange(v[1], b * hidden, (b + 1) * hidden);
        for (int t = 0; t < seqLen; t++) {
          h = step(v, (b * seqLen + t) * inputs, h);
          for (int i = 0; i < hidden; i++) {
            loss += h[i] * dout.get(((long) b * seqLen + t) * hidden + i);
          }
        }
      }
      return loss;
    }

    private double[] step(double[][] v, int row, double[] h) {
      double[] a = new double[3 * hidden];
      double[] u = new double[3 * hidden];
      for (int j = 0; j < 3 * hidden; j++) {
        a[j] = v[4][j];
        u[j] = v[5][j];
        for (int i = 0; i < inputs; i++) {
          a[j] += v[2][j * inputs + i] * v[0][row + i];
        }
        for (int i = 0; i < hidden; i++) {
          u[j] += v[3][j * hidden + i] * h[i];
        }
      }
      double[] next = new double[hidden];
      for (int i = 0; i < hidden; i++) {
        double r = 1 / (1 + Math.exp(-a[i] - u[i]));
        double z = 1 / (1 + Math.exp(-a[hidden + i] - u[hidden + i]));
        double n = Math.tanh(a[2 * hidden + i] + r * u[2 * hidden + i]);
        next[i] = (1 - z) * n + z * h[i];
      }
      return next;
    }
  }
}
