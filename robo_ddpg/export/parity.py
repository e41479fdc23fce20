"""Whether an exported policy acts as the controller does: tried, not believed."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from robo_ddpg.controller import Controller
from robo_ddpg.export.contract import ACTION, OBSERVATION

OBSERVATIONS = 100_000
"""Observations that are tried."""
TOLERANCE = 1e-6
"""Largest difference of actions, as a share of half of their range."""
AT_ONCE = 10_000
ODD = (0.0, -0.0, 1e-40, 1e-20, 1e6, 1e30, -1e30, np.inf, -np.inf, np.nan)
"""What an observation may hold by accident."""
ODD_SHARE = 0.2
"""Of the observations, those in which some components are odd."""


def parity(
    controller: Controller, path: Path, observations: int = OBSERVATIONS
) -> tuple[int, float]:
    """Compare a controller with its file in onnxruntime.

    Args:
        controller: what was exported.
        path: the .onnx file.
        observations: how many made-up ones; a fifth of them hold odd numbers, such as NaN.

    Returns:
        How many they were, and the largest difference of actions, as a share of half of their
        range; infinite where one is a number and the other is not.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    single = session.get_inputs()[0].type == "tensor(float)"
    generator = np.random.default_rng(0)
    largest = 0.0
    for start in range(0, observations, AT_ONCE):
        rows = min(AT_ONCE, observations - start)
        made = _made_up(controller, rows, generator).astype(np.float32 if single else np.float64)
        with np.errstate(all="ignore"):
            expected = controller.act(made).reshape(rows, -1)
        got = session.run([ACTION], {OBSERVATION: made})[0]
        largest = max(largest, _difference(expected, got, controller.scaling.half_range))
    return observations, largest


def _made_up(controller: Controller, rows: int, generator: np.random.Generator) -> NDArray[Any]:
    """Observations around what the controller knows, from near to far."""
    size = controller.observation_size
    offset = controller.tensors.get("normalizer.offset", np.zeros(size))
    scale = controller.tensors.get("normalizer.scale", np.ones(size))
    far = 10.0 ** generator.uniform(-2, 2, (rows, 1))
    made = offset + far * generator.normal(size=(rows, size)) / scale
    odd = generator.random((rows, size)) < 1.0 / size
    odd &= generator.random((rows, 1)) < ODD_SHARE
    made[odd] = generator.choice(ODD, int(odd.sum()))
    return np.asarray(made)


def _difference(expected: NDArray[Any], got: NDArray[Any], half_range: NDArray[Any]) -> float:
    if not np.array_equal(np.isnan(expected), np.isnan(got)):
        return np.inf
    return float(np.nanmax(np.abs(expected - got) / half_range, initial=0.0))
