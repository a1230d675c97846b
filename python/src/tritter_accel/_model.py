"""`Model`: a transformer to train, pack, store and generate with."""

from __future__ import annotations

from . import _host
from ._array import Array
from ._call import call, tensor
from ._convert import empty, integer, like, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from typing import Any

_calls = _host.bridge.models()
_generation = _host.bridge.generation()
_adapters = _host.bridge.adapters()
_IGNORED = -100


class Model:
    """A transformer: Llama-style with ternary (BitNet b1.58) or dense matrices, or a GPT-2.

    Ids are arrays of shape [batch, length] or [length]. A model that is trained has float32 master
    weights; `pack` gives the same model on 2-bit weights, whose outputs are equal to the last bit.

    >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> model.logits([1, 2, 3]).shape
    (1, 3, 256)
    >>> loss = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> model.gradients["model.norm.weight"].shape
    (8,)
    >>> packed = model.pack()
    >>> packed.logits([1, 2, 3]) == model.logits([1, 2, 3])
    True
    """

    def __init__(
        self,
        *,
        vocab_size: int = 256,
        hidden_size: int = 128,
        intermediate_size: int = 352,
        layers: int = 4,
        heads: int = 4,
        kv_heads: int | None = None,
        head_dim: int | None = None,
        context: int = 128,
        rope_theta: float = 10000.0,
        norm_eps: float = 1e-5,
        weights: str = "bitnet",
        activation: str = "silu",
        sub_norms: bool = True,
        attention_bias: bool = False,
        mlp_bias: bool = False,
        tied_embeddings: bool = True,
        seed: int = 0,
    ) -> None:
        """Makes a model with random weights; the defaults are the 0.8M byte-level one of the demo.

        Args:
            head_dim: width of a head, even; by default hidden_size / heads.
            weights: "bitnet" (ternary, quantization-aware) or "dense".
            activation: "silu" (SwiGLU), "gelu" (GEGLU), "gelu_tanh" or "relu2", of the gate.
            sub_norms: a further norm before the output and down projections, as BitNet 2B4T has it.
            attention_bias: a bias in the matrices of the attention; dense models only.
            mlp_bias: the same for the feed-forward part.
            seed: the same seed gives the same bits.

        Raises:
            ValueError: a size that does not fit the others.
        """
        self._tokenizer = None
        self._path = ""
        self._bind(
            _host.invoke(
                _calls.create,
                vocab_size,
                hidden_size,
                intermediate_size,
                layers,
                heads,
                heads if kv_heads is None else kv_heads,
                head_dim or 0,
                context,
                rope_theta,
                norm_eps,
                weights,
                activation,
                sub_norms,
                attention_bias,
                mlp_bias,
                tied_embeddings,
                seed,
            )
        )

    def _bind(self, handle: Any) -> None:
        self._handle = handle
        names = [str(name) for name in _host.invoke(_calls.names, handle)]
        self._index = {name: i for i, name in enumerate(names)}
        self._parameters: dict[str, Array] | None = None
        self._gradients: dict[str, Array] | None = None

    @classmethod
    def _of(cls, handle: Any, tokenizer: Any = None, path: str = "") -> Model:
        model = object.__new__(cls)
        model._bind(handle)
        model._tokenizer = tokenizer
        model._path = path
        return model

    @classmethod
    def gpt2(
        cls,
        *,
        vocab_size: int = 256,
        hidden_size: int = 128,
        layers: int = 4,
        heads: int = 4,
        context: int = 128,
        seed: int = 0,
    ) -> Model:
        """A GPT-2 with random weights: layer norms, learned positions, biases, GELU; dense.

        >>> model = Model.gpt2(hidden_size=8, layers=1, heads=2, context=8)
        >>> model.parameters["transformer.h.0.attn.c_attn.weight"].shape
        (8, 24)

        Raises:
            ValueError: a size that does not fit the others.
        """
        sizes = (vocab_size, hidden_size, layers, heads, context)
        return cls._of(_host.invoke(_calls.createGpt2, *sizes, seed))

    @classmethod
    def from_preset(cls, name: str, *, seed: int = 0) -> Model:
        """A model with random weights and the sizes of a name; `presets` has them.

        Raises:
            ValueError: an unknown name; the message has the known ones.
        """
        return cls._of(_host.invoke(_calls.createPreset, name, seed))

    # --- files ---------------------------------------------------------------------------------

    @classmethod
    def from_pretrained(cls, path: str | os.PathLike[str], *, trainable: bool = False) -> Model:
        """Loads a Hugging Face directory (Llama, BitNet or GPT-2) from the disk.

        Files are mapped, not read. Float32 weights can be trained; those of a Llama in 16 bits, and
        those that bitsandbytes has packed to 8 or 4, stay as they are and cannot.

        Its ``tokenizer.json``, where it has one, makes ids of the texts that are given to
        `generate`; otherwise bytes are ids. Sharded directories are read too.

        Args:
            path: the directory.
            trainable: make float32 of weights of 16 bits, in memory of their own.

        Raises:
            OSError: a file is missing.
            ValueError: a file does not hold what it promises.
        """
        handle = _host.invoke(_calls.load, str(path), bool(trainable))
        return cls._of(handle, _host.invoke(_generation.tokenizer, str(path)), str(path))

    def save_pretrained(self, path: str | os.PathLike[str]) -> None:
        """Writes config.json and model.safetensors, which transformers loads."""
        _host.invoke(_calls.save, self._handle, str(path))

    @classmethod
    def from_gguf(cls, path: str | os.PathLike[str]) -> Model:
        """Loads a GGUF file of llama.cpp's architecture ``llama``, ``bitnet`` or ``gpt2``.

        Raises:
            OSError: the file is missing.
            ValueError: it does not hold what it promises, or another kind of model.
        """
        handle = _host.invoke(_generation.loadGguf, str(path))
        return cls._of(handle, _host.invoke(_generation.ggufTokenizer, str(path)), str(path))

    def export_gguf(
        self,
        path: str | os.PathLike[str],
        type: str = "tq2_0",
        *,
        tokenizer: str | os.PathLike[str] | None = None,
    ) -> None:
        """Writes a GGUF file for llama.cpp; a BitNet with the weights that it computes with.

        Args:
            path: the file.
            type: of the matrices: "f32", "f16", "bf16", "q8_0", or, for BitNets, "tq1_0", "tq2_0";
                a matrix whose rows do not fit its blocks becomes "f16".
            tokenizer: a directory with a ``tokenizer.json``; None for bytes as ids.

        Raises:
            ValueError: a type or a model that the format does not know.
        """
        directory = "" if tokenizer is None else str(tokenizer)
        _host.invoke(_generation.saveGguf, self._handle, str(path), type, directory)

    def pack(self) -> Model:
        """The same model with its ternary matrices in 2 bits a weight, for inference."""
        return Model._of(_host.invoke(_calls.pack, self._handle), self._tokenizer, self._path)

    def quantize(
        self,
        to: str = "nf4",
        *,
        block_size: int = 64,
        double_quant: bool = False,
        tables: bool = False,
    ) -> Model:
        """The same model with its dense matrices in 4 or 8 bits a weight, which do not learn.

        With `get_peft_model` over it this is QLoRA. `quantize_checkpoint` does the same to files.

        >>> model = Model(hidden_size=64, intermediate_size=64, layers=1, heads=2, weights="dense")
        >>> model.quantize("nf4", double_quant=True).size_bytes < model.size_bytes
        True

        Args:
            to: "nf4", "fp4" or "int8".
            block_size: weights of 4 bits that share a scale: 32, 64, ... 4096.
            double_quant: scales of 4 bits in 8 bits each.
            tables: whether the embeddings and the output matrix are among them.

        Raises:
            ValueError: another form, a GPT-2, or a weight that is NaN or infinite.
        """
        sizes = block_size, bool(double_quant), bool(tables)
        handle = _host.invoke(_adapters.quantized, self._handle, to, *sizes)
        return Model._of(handle, self._tokenizer, self._path)

    # --- sizes ---------------------------------------------------------------------------------

    @property
    def vocab_size(self) -> int:
        """Number of ids."""
        return int(_host.invoke(_calls.vocabSize, self._handle))

    @property
    def context(self) -> int:
        """Longest sequence."""
        return int(_host.invoke(_calls.context, self._handle))

    @property
    def parameter_count(self) -> int:
        """Number of weights, packed or not."""
        return int(_host.invoke(_calls.parameterCount, self._handle))

    @property
    def size_bytes(self) -> int:
        """Bytes of the weights: 4 for a float, a quarter for a packed trit, and the scales."""
        return int(_host.invoke(_calls.sizeBytes, self._handle))

    def parameter_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of what is trained, as `create_trainer` takes them."""
        return [(name, array.shape) for name, array in self.parameters.items()]

    # --- training ------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Array]:
        """The master weights by name, as views; after writing to them call `weights_changed`."""
        if self._parameters is None:
            self._parameters = self._tensors(_calls.value)
        return self._parameters

    @property
    def gradients(self) -> dict[str, Array]:
        """Gradients of the last `loss_and_gradients` by name: views that the next overwrites."""
        if self._gradients is None or not _host.direct:
            self._gradients = self._tensors(_calls.gradient)
        return self._gradients

    def _tensors(self, method: Any) -> dict[str, Array]:
        return {
            name: tensor(_host.invoke(method, self._handle, i)) for name, i in self._index.items()
        }

    def weights_changed(self) -> None:
        """Quantizes again after the weights were written to from outside; `AdamW` does it itself.

        Raises:
            ValueError: a weight is NaN or infinite.
        """
        _host.invoke(_calls.weightsChanged, self._handle)

    def checkpoint_every(self, interval: int) -> None:
        """Keeps the activations of `interval` blocks only: less memory, more time.

        Of the others the input of every `interval`-th is kept, and the backward pass computes them
        again. Losses and gradients stay the same to the bit.

        >>> model = Model(hidden_size=8, intermediate_size=12, layers=4, heads=2, context=8)
        >>> loss = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
        >>> model.checkpoint_every(2)
        >>> model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]]) == loss
        True

        Args:
            interval: the number of layers, or more, keeps everything, as at first.

        Raises:
            ValueError: an interval below 1.
        """
        _host.invoke(_calls.checkpointEvery, self._handle, interval)

    def loss_and_gradients(self, ids: Any, targets: Any) -> float:
        """Forward and backward: mean cross-entropy in nats; `gradients` holds its gradient then.

        Args:
            ids: [batch, length].
            targets: the id that follows each; -100 leaves a position out.

        Raises:
            ValueError: an id outside the vocabulary, another shape, more than `context` ids.
        """
        x, y = _ids(ids, "ids"), _ids(targets, "targets")
        if x.shape != y.shape:
            raise ValueError(f"targets: expected shape {list(x.shape)}, got {list(y.shape)}")
        return float(call(_calls.lossAndGradients, self._handle, x.shape[0], x, y))

    # --- inference -----------------------------------------------------------------------------

    def logits(self, ids: Any) -> Any:
        """Scores of the next id at every position, [batch, length, vocab_size]."""
        x = _ids(ids, "ids")
        out = empty((*x.shape, self.vocab_size), "float32", ids)
        call(_calls.logits, self._handle, x.shape[0], x, out=[out.reshape(-1, self.vocab_size)])
        return like(out, ids)

    def loss(self, ids: Any, targets: Any = None) -> float:
        """Mean cross-entropy in nats; without targets each id is to be followed by the next one."""
        x = _ids(ids, "ids")
        if targets is None:
            rows = [[*row.tolist()[1:], _IGNORED] for row in x]
            y = read(rows, "targets", "int32")
        else:
            y = _ids(targets, "targets")
        return float(call(_calls.loss, self._handle, x.shape[0], x, y))

    def generate(
        self,
        prompt: str | bytes | Any,
        max_new_tokens: int = 100,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        repetition_penalty: float = 1.0,
        stop: str | Sequence[str] = (),
        seed: int = 0,
    ) -> Any:
        """Continues a prompt: text for a text, bytes for bytes, a list of new ids for ids.

        Args:
            prompt: text, bytes (each an id), or ids.
            max_new_tokens: ids to add at most.
            temperature: 0 takes the most probable id each time.
            top_k: draw from the k most probable ids only; 0 for all.
            top_p: draw from the smallest set with this probability.
            repetition_penalty: above 1 makes ids that were there before less probable.
            stop: texts before which a continued text ends.
            seed: the same seed gives the same ids.

        Raises:
            ValueError: an empty prompt, or a number outside its range.
        """
        sampling = (temperature, top_k, top_p, repetition_penalty, seed)
        max_new_tokens = integer(max_new_tokens, "max_new_tokens", 0)
        if isinstance(prompt, str):
            return "".join(self._pieces(prompt, max_new_tokens, stop, sampling))
        if isinstance(prompt, bytes):
            return bytes(self._ids(list(prompt), max_new_tokens, sampling))
        return list(self._ids(prompt, max_new_tokens, sampling))

    def stream(self, prompt: str, max_new_tokens: int = 100, **options: Any) -> Iterator[str]:
        """`generate` for a text, piece by piece, with the same options.

        >>> model = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
        >>> text = model.generate("a", 5, seed=1)
        >>> "".join(model.stream("a", 5, seed=1)) == text
        True
        """
        stop = options.pop("stop", ())
        names = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "repetition_penalty": 1.0, "seed": 0}
        unknown = options.keys() - names
        if unknown:
            raise TypeError(f"stream: expected options of {sorted(names)}, got {sorted(unknown)}")
        sampling = tuple((names | options).values())
        count = integer(max_new_tokens, "max_new_tokens", 0)
        return self._pieces(prompt, count, stop, sampling)

    def _pieces(
        self, prompt: str, count: int, stop: str | Sequence[str], sampling: tuple[Any, ...]
    ) -> Iterator[str]:
        tokenizer = self._tokenizer or _host.invoke(_generation.bytes)
        stops = [stop] if isinstance(stop, str) else list(stop)
        stream = _host.invoke(_generation.stream, tokenizer, stops)
        for made in self._ids(self._encode(prompt), count, sampling):
            piece = str(_host.invoke(_generation.push, stream, made))
            if piece:
                yield piece
            if _host.invoke(_generation.stopped, stream):
                return
        piece = str(_host.invoke(_generation.end, stream))
        if piece:
            yield piece

    def _encode(self, text: str) -> list[int]:
        tokenizer = self._tokenizer or _host.invoke(_generation.bytes)
        return [int(i) for i in _host.invoke(_generation.encode, tokenizer, text)]

    def _ids(self, prompt: Any, count: int, sampling: tuple[Any, ...]) -> Iterator[int]:
        x = read(prompt, "prompt", "int32", 1)
        generator = call(_generation.generator, self._handle, *sampling, x)
        for _ in range(count):
            yield int(_host.invoke(_generation.next, generator))

    def __repr__(self) -> str:
        """Sizes and configuration."""
        return str(_host.invoke(_calls.describe, self._handle)).replace("Transformer[", "Model[", 1)


def _ids(values: Any, name: str) -> Array:
    """Ids as int32 [batch, length]."""
    given = read(values, name, "int32")
    if given.ndim not in (1, 2):
        raise ValueError(f"{name}: expected shape [batch, length], got {list(given.shape)}")
    return given.reshape(1, -1) if given.ndim == 1 else given
