"""Ternary neural networks on the JVM: BitNet b1.58 layers, trainers and hypervectors.

Arguments are arrays of any kind (see `array`); results are NumPy arrays where an argument was one
and `Array` otherwise.
"""

from __future__ import annotations

from . import kernels as kernels
from . import layouts as layouts
from . import nf4 as nf4
from . import vsa as vsa
from ._adapter_configs import (
    AdaLoraConfig,
    BOFTConfig,
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    OFTConfig,
    PeftConfig,
    PrefixTuningConfig,
    PromptTuningConfig,
    VeraConfig,
)
from ._adapters import PeftModel, get_peft_model, load_adapter
from ._array import Array
from ._bitlinear import (
    BitLinear,
    bitlinear_compression_ratio,
    bitlinear_forward,
    bitlinear_in_features,
    bitlinear_out_features,
    bitlinear_sparsity,
    create_bitlinear,
)
from ._compress import (
    GradientCompressor,
    TernaryAccumulator,
    compress_gradients_vsa,
    compression_report,
    decompress_gradients_vsa,
    merge_gradients,
)
from ._convert import array, from_dlpack
from ._data import BatchStream, Source, stream_dataset
from ._device import cuda_available, get_device, set_device
from ._hybrid import Effort, HybridTrainer
from ._model import Model
from ._optimizer import AdamW, AdamW8bit, CautiousAdamW, Muon, NAdam, Optimizer
from ._presets import presets
from ._run import MetricsLog, ProgressBar, plot_losses
from ._ternary import (
    pack_ternary_weights,
    quantize_weights_absmean,
    ternary_matmul,
    unpack_ternary_weights,
)
from ._text import TextCorpus
from ._trainer import (
    Trainer,
    create_trainer,
    trainer_get_phase,
    trainer_get_stats,
    trainer_reset,
    trainer_step,
)
from ._training import run_template, train_run, validate_run
from ._version import __version__
from ._vsa import vsa_bind, vsa_bundle, vsa_random, vsa_similarity, vsa_unbind
from .nf4 import create_nf4linear, quantize_checkpoint

# The names under which scripts written for the Rust package know them.
cuda_available_py = cuda_available
BitLinearLayer = BitLinear
DeterministicTrainer = Trainer
# Those that name the device in the function, as an argument of it chooses.
vsa_bind_gpu = vsa_bind
vsa_unbind_gpu = vsa_unbind
vsa_bundle_gpu = vsa_bundle
vsa_similarity_gpu = vsa_similarity
vsa_random_gpu = vsa_random


def version() -> str:
    """The version of this package.

    >>> version() == __version__
    True
    """
    return __version__


__all__ = [
    "AdaLoraConfig",
    "AdamW",
    "AdamW8bit",
    "Array",
    "BOFTConfig",
    "BatchStream",
    "BitLinear",
    "BitLinearLayer",
    "CautiousAdamW",
    "DeterministicTrainer",
    "Effort",
    "GradientCompressor",
    "HybridTrainer",
    "IA3Config",
    "LoHaConfig",
    "LoKrConfig",
    "LoraConfig",
    "MetricsLog",
    "Model",
    "Muon",
    "NAdam",
    "OFTConfig",
    "Optimizer",
    "PeftConfig",
    "PeftModel",
    "PrefixTuningConfig",
    "ProgressBar",
    "PromptTuningConfig",
    "Source",
    "TernaryAccumulator",
    "TextCorpus",
    "Trainer",
    "VeraConfig",
    "__version__",
    "array",
    "bitlinear_compression_ratio",
    "bitlinear_forward",
    "bitlinear_in_features",
    "bitlinear_out_features",
    "bitlinear_sparsity",
    "compress_gradients_vsa",
    "compression_report",
    "create_bitlinear",
    "create_nf4linear",
    "create_trainer",
    "cuda_available",
    "cuda_available_py",
    "decompress_gradients_vsa",
    "from_dlpack",
    "get_device",
    "get_peft_model",
    "load_adapter",
    "merge_gradients",
    "pack_ternary_weights",
    "plot_losses",
    "presets",
    "quantize_checkpoint",
    "quantize_weights_absmean",
    "run_template",
    "set_device",
    "stream_dataset",
    "ternary_matmul",
    "train_run",
    "trainer_get_phase",
    "trainer_get_stats",
    "trainer_reset",
    "trainer_step",
    "unpack_ternary_weights",
    "validate_run",
    "version",
    "vsa_bind",
    "vsa_bind_gpu",
    "vsa_bundle",
    "vsa_bundle_gpu",
    "vsa_random",
    "vsa_random_gpu",
    "vsa_similarity",
    "vsa_similarity_gpu",
    "vsa_unbind",
    "vsa_unbind_gpu",
]
