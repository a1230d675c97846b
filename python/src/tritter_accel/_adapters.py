"""`PeftModel`: adapters over a model that does not learn; the names are those of PEFT."""

from __future__ import annotations

import contextlib
import dataclasses
import json

from . import _host
from ._adapter_configs import (
    AdaLoraConfig,
    IA3Config,
    PeftConfig,
    PromptTuningConfig,
    _LayerConfig,
    of_json,
)
from ._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from typing import Any

_calls = _host.bridge.adapters()
_CONFIG = "adapter_config.json"


class PeftModel(Model):
    """A `Model` that does not learn, with adapters that do; see `get_peft_model`.

    All that a `Model` has is there: `parameters`, `gradients` and `AdamW` are those of the active
    adapters. The base model is shared, and has to stay as it is.

    >>> from tritter_accel import LoraConfig
    >>> base = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> model = get_peft_model(base.pack(), LoraConfig(r=2, target_modules=["v_proj"]))
    >>> [name for name, _ in model.parameter_shapes()][0]
    'model.layers.0.self_attn.v_proj.lora_A.default.weight'
    >>> model.print_trainable_parameters()
    trainable params: 32 || all params: 2,668 || trainable%: 1.1994
    """

    def __init__(
        self, model: Model, peft_config: PeftConfig, adapter_name: str = "default", *, seed: int = 0
    ) -> None:
        """Puts a first adapter over a model, as `get_peft_model` does."""
        self._start(model)
        self.add_adapter(adapter_name, peft_config, seed=seed)

    def _start(self, model: Model) -> None:
        if isinstance(model, PeftModel):
            raise ValueError("model: expected one without adapters; add_adapter adds another")
        #: The model without adapters.
        self.base_model = model
        #: The configurations of all adapters by name.
        self.peft_config: dict[str, PeftConfig] = {}
        self._adapters = _host.invoke(_calls.create, model._handle)
        self._tokenizer = model._tokenizer
        self._path = model._path
        self._bind(_host.invoke(_calls.model, self._adapters))

    @classmethod
    def _of(cls, handle: Any, tokenizer: Any = None, path: str = "") -> Model:
        return Model._of(handle, tokenizer, path)

    @classmethod
    def from_pretrained(  # type: ignore[override]
        cls,
        model: Model | str | os.PathLike[str] | None,
        path: str | os.PathLike[str],
        adapter_name: str = "default",
    ) -> PeftModel:
        """A model with the adapter of a PEFT directory.

        Args:
            model: the model below, its directory, or None for the one that the adapter names.
            path: the directory with adapter_config.json and adapter_model.safetensors.

        Raises:
            OSError: a file is missing.
            ValueError: a file does not hold what it promises, or belongs to another model.
        """
        if model is None:
            model = str(_host.invoke(_calls.baseModel, str(path)))
        made = object.__new__(cls)
        made._start(model if isinstance(model, Model) else Model.from_pretrained(model))
        made.load_adapter(path, adapter_name)
        return made

    # --- adapters ------------------------------------------------------------------------------

    def add_adapter(self, adapter_name: str, peft_config: PeftConfig, *, seed: int = 0) -> None:
        """Adds an adapter that changes nothing yet, as the only active one.

        Args:
            adapter_name: one that there is not, without dots.
            seed: the same seed gives the same bits.

        Raises:
            ValueError: a name that there is, targets that the model lacks, or a number outside its
                range; nothing has changed.
        """
        config = self._resolved(peft_config)
        if isinstance(config, PromptTuningConfig):
            handle = self._prompt(config)
        else:
            handle = _host.invoke(_calls.config, json.dumps(config.to_dict()))
        _host.invoke(_calls.add, self._adapters, adapter_name, handle, seed)
        self.peft_config[adapter_name] = config
        self._changed()

    def _resolved(self, config: PeftConfig) -> PeftConfig:
        """With PEFT's targets where none are given."""
        if not isinstance(config, _LayerConfig) or config.target_modules is not None:
            return config
        gpt2 = any(name.startswith("transformer.") for name in self.base_model._index)
        if isinstance(config, IA3Config):
            targets = ["c_attn", "mlp.c_proj"] if gpt2 else ["k_proj", "v_proj", "down_proj"]
            inputs = config.feedforward_modules or targets[-1:]
            return dataclasses.replace(config, target_modules=targets, feedforward_modules=inputs)
        return dataclasses.replace(
            config, target_modules=["c_attn"] if gpt2 else ["q_proj", "v_proj"]
        )

    def _prompt(self, config: PromptTuningConfig) -> Any:
        text = config.prompt_tuning_init_text
        if (config.prompt_tuning_init == "TEXT") != (text is not None):
            raise ValueError(
                f"prompt_tuning_init_text: expected a text for 'TEXT' and none else, got {text!r}"
            )
        ids = [] if text is None else self._encode(text)
        count, init = config.num_virtual_tokens, config.prompt_tuning_init
        return _host.invoke(_calls.prompt, count, init, ids)

    def load_adapter(self, path: str | os.PathLike[str], adapter_name: str = "default") -> None:
        """Adds the adapter of a PEFT directory, as the only active one.

        Raises:
            OSError: a file is missing.
            ValueError: a name that there is, or a file that does not hold what it promises.
        """
        _host.invoke(_calls.load, self._adapters, adapter_name, str(path))
        self.peft_config[adapter_name] = self._config(adapter_name)
        self._changed()

    def _config(self, adapter_name: str) -> PeftConfig:
        return of_json(str(_host.invoke(_calls.json, self._adapters, adapter_name, self._path)))

    @property
    def active_adapters(self) -> dict[str, float]:
        """The active adapters with their weights."""
        names = [str(name) for name in _host.invoke(_calls.active, self._adapters)]
        weights = _host.invoke(_calls.weights, self._adapters)
        return {name: float(w) for name, w in zip(names, weights, strict=True)}

    def set_adapter(
        self, adapter_name: str | Sequence[str], weights: Sequence[float] | None = None
    ) -> None:
        """Makes an adapter, or several with their weights, the active ones.

        Args:
            adapter_name: one name or several; of prompts and prefixes one at most.
            weights: one for each name; None for ones.

        Raises:
            ValueError: an unknown name; nothing has changed.
        """
        names = [adapter_name] if isinstance(adapter_name, str) else list(adapter_name)
        numbers = [1.0] * len(names) if weights is None else [float(w) for w in weights]
        _host.invoke(_calls.activate, self._adapters, names, numbers)
        self._changed()

    @contextlib.contextmanager
    def disable_adapter(self) -> Iterator[None]:
        """Within ``with``, the model is the base model.

        >>> base = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
        >>> model = get_peft_model(base, PromptTuningConfig(num_virtual_tokens=2))
        >>> with model.disable_adapter():
        ...     model.logits([1, 2]) == base.logits([1, 2])
        True
        """
        active = self.active_adapters
        self.set_adapter([])
        try:
            yield
        finally:
            self.set_adapter(list(active), list(active.values()))

    def add_weighted_adapter(
        self,
        adapters: Sequence[str],
        weights: Sequence[float],
        adapter_name: str,
        combination_type: str = "svd",
        svd_rank: int | None = None,
    ) -> None:
        """Adds a LoRA adapter that does what several do with their weights; it is active then.

        Args:
            combination_type: "cat" is exact, with the sum of the ranks; "svd" is the nearest of
                `svd_rank`.
            svd_rank: None for the largest of the ranks.

        Raises:
            ValueError: other adapters than LoRA, magnitudes (DoRA), a name that there is.
        """
        numbers = [float(w) for w in weights]
        parts = list(adapters), numbers, combination_type, svd_rank or 0
        _host.invoke(_calls.addWeighted, self._adapters, adapter_name, *parts)
        self.peft_config[adapter_name] = self._config(adapter_name)
        self._changed()

    def delete_adapter(self, adapter_name: str) -> None:
        """Forgets an adapter; the other active ones stay active.

        Raises:
            ValueError: an unknown name.
        """
        _host.invoke(_calls.remove, self._adapters, adapter_name)
        del self.peft_config[adapter_name]
        self._changed()

    def _changed(self) -> None:
        self._bind(self._handle)

    # --- merging -------------------------------------------------------------------------------

    def merge_adapter(self) -> None:
        """Computes with one float32 matrix a layer, until `unmerge_adapter` or `set_adapter`.

        Raises:
            ValueError: ternary matrices, or a prompt or prefix; nothing has changed.
        """
        _host.invoke(_calls.merge, self._adapters)
        self._changed()

    def unmerge_adapter(self) -> None:
        """Goes back from `merge_adapter`, to the bit."""
        _host.invoke(_calls.unmerge, self._adapters)
        self._changed()

    def merge_and_unload(self) -> Model:
        """A model without adapters that computes the same; matrices of 4 and 8 bits become float32.

        Raises:
            ValueError: ternary matrices, or a prompt or prefix, which no matrix can hold.
        """
        handle = _host.invoke(_calls.mergeAndUnload, self._adapters)
        return Model._of(handle, self._tokenizer, self._path)

    # --- sizes and files -----------------------------------------------------------------------

    def get_nb_trainable_parameters(self) -> tuple[int, int]:
        """How many numbers learn now, and how many there are with those of all adapters."""
        adapters = int(_host.invoke(_calls.adapterCount, self._adapters))
        trainable = int(_host.invoke(_calls.trainableCount, self._adapters))
        return trainable, self.base_model.parameter_count + adapters

    def print_trainable_parameters(self) -> None:
        """Prints how many numbers learn, as PEFT does."""
        trainable, everything = self.get_nb_trainable_parameters()
        print(
            f"trainable params: {trainable:,} || all params: {everything:,} || "
            f"trainable%: {100 * trainable / everything:.4f}"
        )

    def save_pretrained(
        self, path: str | os.PathLike[str], adapter_name: str | None = None
    ) -> None:
        """Writes the PEFT directory of an adapter: adapter_config.json, adapter_model.safetensors.

        Args:
            adapter_name: None for the active one.

        Raises:
            ValueError: an unknown name, or none given and not one active.
        """
        name = self._one(adapter_name)
        config = self.peft_config.get(name)
        base = (config and config.base_model_name_or_path) or self._path
        _host.invoke(_calls.save, self._adapters, name, str(path), base)

    def export_gguf_adapter(
        self, path: str | os.PathLike[str], type: str = "f16", adapter_name: str | None = None
    ) -> None:
        """Writes a LoRA adapter as a GGUF file, which llama.cpp takes beside the base model.

        Args:
            path: the file.
            type: "f32", "f16" or "bf16".
            adapter_name: None for the active one.

        Raises:
            ValueError: another kind of adapter, magnitudes (DoRA), an unknown name or type.
        """
        _host.invoke(_calls.saveGguf, self._adapters, self._one(adapter_name), str(path), type)

    def _one(self, adapter_name: str | None) -> str:
        if adapter_name is not None:
            return adapter_name
        active = list(self.active_adapters)
        if len(active) != 1:
            raise ValueError(f"adapter_name: expected one, as {active} are active, got None")
        return active[0]

    # --- training ------------------------------------------------------------------------------

    def loss_and_gradients(self, ids: Any, targets: Any) -> float:
        """`Model.loss_and_gradients` with dropout, and AdaLoRA's term for orthogonal vectors.

        Raises:
            ValueError: an id outside the vocabulary, another shape, more than `context` ids.
        """
        _host.invoke(_calls.training, self._adapters, True)
        try:
            loss = super().loss_and_gradients(ids, targets)
        finally:
            _host.invoke(_calls.training, self._adapters, False)
        for name in self._ranked():
            loss += float(_host.invoke(_calls.regularize, self._adapters, name))
        return loss

    def update_and_allocate(self, global_step: int) -> None:
        """Lowers the ranks of AdaLoRA's active adapters; to be called after the optimizer's step.

        Args:
            global_step: the first is 1.
        """
        for name in self._ranked():
            _host.invoke(_calls.updateRanks, self._adapters, name, global_step)

    def _ranked(self) -> list[str]:
        configs = {name: self.peft_config[name] for name in self.active_adapters}
        return [n for n, c in configs.items() if isinstance(c, AdaLoraConfig) and c.total_step]


def get_peft_model(
    model: Model, peft_config: PeftConfig, adapter_name: str = "default", *, seed: int = 0
) -> PeftModel:
    """Puts an adapter that changes nothing yet over a model, whose own weights no longer learn.

    The model may be dense, of 16, 8 or 4 bits a weight (QLoRA), or ternary, packed or not.

    >>> from tritter_accel import AdamW, LoraConfig
    >>> base = Model(hidden_size=8, intermediate_size=12, layers=1, heads=2, context=8)
    >>> model = get_peft_model(base, LoraConfig(r=2, lora_alpha=4, target_modules="all-linear"))
    >>> model.logits([1, 2, 3]) == base.logits([1, 2, 3])
    True
    >>> loss = model.loss_and_gradients([[1, 2, 3]], [[2, 3, 4]])
    >>> norm = AdamW(model).step(learning_rate=0.5)
    >>> model.loss([[1, 2, 3]], [[2, 3, 4]]) < loss
    True

    Args:
        adapter_name: a part of the names of its parameters.
        seed: the same seed gives the same bits.

    Raises:
        ValueError: targets that the model lacks, or a number outside its range.
    """
    return PeftModel(model, peft_config, adapter_name, seed=seed)


def load_adapter(
    model: Model | str | os.PathLike[str] | None,
    path: str | os.PathLike[str],
    adapter_name: str = "default",
) -> PeftModel:
    """A model with the adapter of a PEFT directory; adds it where the model has adapters already.

    Args:
        model: the model below, its directory, or None for the one that the adapter names.
        path: the directory.

    Raises:
        OSError: a file is missing.
        ValueError: a file does not hold what it promises, or belongs to another model.
    """
    if isinstance(model, PeftModel):
        model.load_adapter(path, adapter_name)
        return model
    return PeftModel.from_pretrained(model, path, adapter_name)
