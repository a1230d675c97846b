import io.tritter.bitnet.BitLinear;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import io.tritter.tensor.Tensor;

public class Hello {
  public static void main(String[] args) {
    Tensor weight = Tensor.of(new float[] {0.5f, -1.5f, 0.25f, 2f, -0.5f, 0f}, 2, 3);
    BitLinear layer = BitLinear.quantize(weight, null, BitLinear.PER_TENSOR, 8);
    Tensor y = Tensor.zeros(1, 2);
    layer.forward(Tensor.of(new float[] {1f, 2f, -1f}, 1, 3), y);
    System.out.println(layer.weight().row(0) + " gives " + y.get(0) + ", " + y.get(1));

    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = "To be, or not to be, that is the question.".chars().toArray();
    int[] targets = java.util.Arrays.copyOfRange(ids, 1, ids.length + 1);
    for (int step = 0; step < 20; step++) {
      model.clearGradients();
      model.forward(ids, 1);
      System.out.println("loss " + model.lossAndBackward(targets));
      optimizer.step(0.005, 1.0);
      model.weightsChanged();
    }
  }
}
