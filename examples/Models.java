import io.tritter.data.Tokenizer;
import io.tritter.model.Generator;
import io.tritter.model.Sampling;
import io.tritter.model.Transformer;
import io.tritter.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;

/** A model from a Hugging Face directory: what it writes, how good it is, and saved again. */
public class Models {
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]); // local: nothing is downloaded
    Transformer model = Transformer.load(directory);
    System.out.println(model);

    Tokenizer tokenizer = Tokenizer.of(directory); // its tokenizer.json, or bytes
    int[] prompt = tokenizer.encode("def ");
    Generator generator = new Generator(model, prompt, Sampling.GREEDY, 1);
    int[] made = new int[20];
    Arrays.setAll(made, i -> generator.next());
    System.out.println("def " + tokenizer.decode(made));

    Tensor logits = model.forward(prompt, 1); // a row for each id: scores of the next one
    System.out.println(logits.dim(0) + " rows of " + logits.dim(1) + " scores");
    int[] targets = Arrays.copyOfRange(prompt, 1, prompt.length + 1);
    targets[targets.length - 1] = -100; // nothing is known to follow the last
    System.out.println("loss " + model.loss(targets));

    model.pack().save(Path.of(args[1])); // ternary matrices in 2 bits, as transformers loads them
  }
}
