"""Matrix products of stacked layers: by the BLAS, or by oneDNN where that is faster.

`torch.bmm` calls the BLAS, on x86 Intel's MKL, which does not use AVX-512 on processors of other
makers; oneDNN, which PyTorch brings as well, does. It takes ten microseconds more for a call, so
small products stay where they are. Measured on AMD's Zen 5, one thread, 64 x 256 x 256: 49 and 82
microseconds; on AMD's Zen 3, which has no AVX-512, 165 and 117, so there it is not used
(docs/results.md).
"""

from typing import Any

import torch
from torch import Tensor

ONEDNN_FROM = 1_500_000
"""Multiplications in a product for which oneDNN makes up for the call."""
ONEDNN_GRADIENT_FROM = 3_000_000
"""The same where its result has to be copied."""

_linear_pointwise: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
"""The name by which PyTorch's own compiler calls it."""
HAS_ONEDNN = _linear_pointwise is not None and torch.backends.cpu.get_cpu_capability() == "AVX512"
"""Whether it is there and worth it."""


def linear(x: Tensor, weight: Tensor, bias: Tensor, *, relu: bool = False) -> Tensor:
    """Give x times the transposed weight plus the bias, or the positive part of that.

    Args:
        x: (s, b, in).
        weight: (s, out, in).
        bias: (s, 1, out).
        relu: whether what is negative becomes zero.
    """
    if _by_onednn(x, weight.shape[1]):
        then = "relu" if relu else "none"
        return _stacked([_onednn(x[k], weight[k], bias[k, 0], then) for k in range(len(x))])
    result = torch.baddbmm(bias, x, weight.mT)
    return torch.relu_(result) if relu else result


def through(upstream: Tensor, weight: Tensor) -> Tensor:
    """Give the gradient of a layer's input, (s, b, in), for that of its output, (s, b, out)."""
    if _by_onednn(upstream, weight.shape[2]):
        products = [_onednn(upstream[k], weight[k].T, None, "none") for k in range(len(weight))]
        return _stacked(products)
    return torch.bmm(upstream, weight)


def weight_gradient(upstream: Tensor, x: Tensor, into: Tensor) -> None:
    """Write the gradient of a weight, (s, out, in), for that of the output, (s, b, out)."""
    if _by_onednn(x, upstream.shape[2], ONEDNN_GRADIENT_FROM):
        for k in range(len(into)):
            into[k].copy_(_onednn(upstream[k].T, x[k].T, None, "none"))
    else:
        torch.bmm(upstream.mT, x, out=into)


def _by_onednn(x: Tensor, width: int, least: int = ONEDNN_FROM) -> bool:
    return HAS_ONEDNN and x.shape[1] * x.shape[2] * width >= least


def _onednn(x: Tensor, weight: Tensor, bias: Tensor | None, then: str) -> Tensor:
    result: Tensor = _linear_pointwise(x, weight, bias, then, [], "")
    return result


def _stacked(parts: list[Tensor]) -> Tensor:
    return parts[0][None] if len(parts) == 1 else torch.stack(parts)
