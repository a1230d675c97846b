"""Ternary neural networks on the JVM: BitNet b1.58 layers, trainers and hypervectors.

Arguments are arrays of any kind (see `array`); results are NumPy arrays where an argument was one
and `Array` otherwise.
"""

from __future__ import annotations

from . import _host
from ._array import Array
from ._convert import array
from ._device import cuda_available, get_device, set_device
from ._model import AdamW, Model
from ._run import MetricsLog, ProgressBar, plot_losses
from ._text import TextCorpus
from ._version import __version__

# The names under which scripts written for the Rust package know them.
cuda_available_py = cuda_available


def version() -> str:
    """The version of this package.

    >>> version() == __version__
    True
    """
    return __version__


__all__ = [
    "AdamW",
    "Array",
    "MetricsLog",
    "Model",
    "ProgressBar",
    "TextCorpus",
    "__version__",
    "array",
    "cuda_available",
    "cuda_available_py",
    "get_device",
    "plot_losses",
    "set_device",
    "version",
]
