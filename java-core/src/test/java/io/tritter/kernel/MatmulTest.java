package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatmulTest {
  private static Tensor random(SplittableRandom random, int rows, int cols) {
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(values, rows, cols);
  }

  /** Every backend adds in the order of the definition, so the tolerance is zero. */
  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "3,7,8",
    "4,32,16",
    "15,17,63",
    "16,64,65",
    "5,33,255",
    "65,127,256",
    "7,9,257",
    "8,31,1021",
    "129,207,64",
    "1,300,40",
    "70,1,600",
    "1,1000,513",
    "2,33,300",
    "2,1543,300",
    "11,40,17",
    "205,70,530",
    "13,290,265",
    "110,530,40",
    "3,5,0",
    "0,5,3",
    "3,0,5",
    "0,0,0"
  })
  void backendsAgreeBitForBitWithTheDefinition(int rows, int cols, int inner) {
    SplittableRandom random = new SplittableRandom(rows * 31L + cols * 7L + inner);
    for (boolean transposeA : new boolean[] {false, true}) {
      for (boolean transposeB : new boolean[] {false, true}) {
        Tensor a = random(random, transposeA ? inner : rows, transposeA ? rows : inner);
        Tensor b = random(random, transposeB ? cols : inner, transposeB ? inner : cols);
        List<Encoded> encoded = EncodedSamples.of(b, transposeB ? inner : cols);
        for (boolean accumulate : new boolean[] {false, true}) {
          Tensor start = random(random, rows, cols);
          Tensor expected = start.copy();
          Matmul.run(
              Operand.float32(a.data(), transposeA),
              Operand.float32(b.data(), transposeB),
              expected.data(),
              rows,
              cols,
              inner,
              accumulate);
          for (Kernels kernels : Kernels.available()) {
            Tensor c = start.copy();
            kernels.matmul(
                a.data(),
                transposeA,
                b.data(),
                transposeB,
                c.data(),
                rows,
                cols,
                inner,
                accumulate);
            String what = kernels.name() + " " + transposeA + transposeB + accumulate;
            assertArrayEquals(expected.toArray(), c.toArray(), what);
          }
          for (Encoded e : encoded) {
            Tensor decoded = b.copy();
            Samples.SCALAR.decode(e, 0, decoded.data(), decoded.size());
            expected.copyFrom(start);
            Matmul.run(
                Operand.float32(a.data(), transposeA),
                Operand.float32(decoded.data(), transposeB),
                expected.data(),
                rows,
                cols,
                inner,
                accumulate);
            for (Kernels kernels : Kernels.available()) {
              Tensor c = start.copy();
              kernels.matmulEncoded(
                  a.data(), transposeA, e, transposeB, c.data(), rows, cols, inner, accumulate);
              String what = kernels.name() + " " + e + transposeA + transposeB + accumulate;
              assertArrayEquals(expected.toArray(), c.toArray(), what);
            }
          }
        }
      }
    }
  }
}
