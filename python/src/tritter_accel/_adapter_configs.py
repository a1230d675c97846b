"""What kind of adapter a model gets: PEFT's configurations, with its names and defaults."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


@dataclass(kw_only=True)
class PeftConfig:
    """What all configurations have.

    Args:
        base_model_name_or_path: of the model below, as it is stored; None for where it came from.
        task_type: what is stored; nothing else depends on it.
    """

    peft_type = ""
    base_model_name_or_path: str | None = None
    task_type: str | None = "CAUSAL_LM"

    def to_dict(self) -> dict[str, Any]:
        """The keys of adapter_config.json that this configuration sets.

        >>> LoraConfig(r=4, target_modules=["q_proj"]).to_dict()["peft_type"]
        'LORA'
        """
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        given = {name: value for name, value in values.items() if value is not None}
        return {"peft_type": self.peft_type} | {
            name: list(value) if isinstance(value, (set, tuple, frozenset)) else value
            for name, value in given.items()
        }


@dataclass(kw_only=True)
class _LayerConfig(PeftConfig):
    """Those that change matrices."""

    target_modules: Iterable[str] | str | None = None


@dataclass(kw_only=True)
class LoraConfig(_LayerConfig):
    """LoRA: ``W + lora_alpha / r * B A``; by its flags rsLoRA, DoRA and PiSSA.

    Args:
        r: the rank.
        target_modules: ends of the names of matrices, a pattern for the whole name, or
            "all-linear"; None for the usual ones of the architecture, the queries and values.
        lora_alpha: the delta is times ``lora_alpha / r``.
        lora_dropout: share of the adapter's inputs that `PeftModel.loss_and_gradients` leaves out.
        bias: "none": biases do not learn.
        use_rslora: divides by the root of `r`.
        use_dora: learns the norms of the rows apart from their directions.
        init_lora_weights: True, "gaussian" or "pissa".

    >>> LoraConfig(r=16, lora_alpha=32).target_modules is None
    True
    """

    peft_type = "LORA"
    r: int = 8
    lora_alpha: float = 8
    lora_dropout: float = 0.0
    bias: str = "none"
    use_rslora: bool = False
    use_dora: bool = False
    init_lora_weights: bool | str = True


@dataclass(kw_only=True)
class AdaLoraConfig(_LayerConfig):
    """AdaLoRA: LoRA in the form of singular values, of which training takes some away.

    Args:
        init_r: the rank at first.
        target_r: the rank in the end, on average over the layers.
        tinit: steps before ranks are lowered.
        tfinal: steps after they were.
        deltaT: steps from one allocation to the next.
        beta1: decay of the mean of the importance.
        beta2: decay of the mean of its uncertainty.
        orth_reg_weight: weight of the term that keeps singular vectors orthogonal.
        total_step: steps of the training; None: ranks stay.
    """

    peft_type = "ADALORA"
    init_r: int = 12
    target_r: int = 8
    lora_alpha: float = 8
    lora_dropout: float = 0.0
    tinit: int = 0
    tfinal: int = 0
    deltaT: int = 1
    beta1: float = 0.85
    beta2: float = 0.85
    orth_reg_weight: float = 0.5
    total_step: int | None = None


@dataclass(kw_only=True)
class IA3Config(_LayerConfig):
    """IA3: a scale for each output of a matrix, or for each input of those that are named.

    Args:
        feedforward_modules: of the targets, those whose inputs are scaled.
    """

    peft_type = "IA3"
    feedforward_modules: Iterable[str] | str | None = None


@dataclass(kw_only=True)
class VeraConfig(_LayerConfig):
    """VeRA: two vectors a layer between random matrices that all layers share."""

    peft_type = "VERA"
    r: int = 256
    d_initial: float = 0.1
    vera_dropout: float = 0.0


@dataclass(kw_only=True)
class LoHaConfig(_LayerConfig):
    """LoHa: the delta is the elementwise product of two of rank `r`."""

    peft_type = "LOHA"
    r: int = 8
    alpha: float = 8


@dataclass(kw_only=True)
class LoKrConfig(_LayerConfig):
    """LoKr: the delta is a Kronecker product."""

    peft_type = "LOKR"
    r: int = 8
    alpha: float = 8
    decompose_both: bool = False
    decompose_factor: int = -1


@dataclass(kw_only=True)
class OFTConfig(_LayerConfig):
    """OFT: blocks of the inputs are rotated; set one of `r`, blocks, and `oft_block_size`."""

    peft_type = "OFT"
    r: int = 0
    oft_block_size: int = 32
    block_share: bool = False
    use_cayley_neumann: bool = True
    num_cayley_neumann_terms: int = 5


@dataclass(kw_only=True)
class BOFTConfig(_LayerConfig):
    """BOFT of one factor: blocks of the inputs are rotated, and the outputs scaled."""

    peft_type = "BOFT"
    boft_block_size: int = 4
    boft_block_num: int = 0


@dataclass(kw_only=True)
class PromptTuningConfig(PeftConfig):
    """Prompt tuning: rows that learn are read before those of the ids. No identity, no merge.

    Args:
        num_virtual_tokens: how many rows; a sequence may have so many ids less.
        prompt_tuning_init: "RANDOM", "SAMPLE_VOCAB" or "TEXT".
        prompt_tuning_init_text: for "TEXT", repeated or cut to `num_virtual_tokens` ids.
    """

    peft_type = "PROMPT_TUNING"
    num_virtual_tokens: int = 20
    prompt_tuning_init: str = "RANDOM"
    prompt_tuning_init_text: str | None = None


@dataclass(kw_only=True)
class PrefixTuningConfig(PeftConfig):
    """Prefix tuning: keys and values that learn stand before those of the ids in every layer."""

    peft_type = "PREFIX_TUNING"
    num_virtual_tokens: int = 20


_KINDS: list[type[PeftConfig]] = [
    LoraConfig,
    AdaLoraConfig,
    IA3Config,
    VeraConfig,
    LoHaConfig,
    LoKrConfig,
    OFTConfig,
    BOFTConfig,
    PromptTuningConfig,
    PrefixTuningConfig,
]


def of_json(text: str) -> PeftConfig:
    """The configuration that an adapter_config.json describes; keys of others are left out."""
    values = json.loads(text)
    kind = next(k for k in _KINDS if k.peft_type == values["peft_type"])
    known = {f.name for f in fields(kind)}
    return kind(**{name: value for name, value in values.items() if name in known})
