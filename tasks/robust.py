"""What to vary in training so that a controller bears the differences to a real robot."""

import math
from typing import Any

from tasks.task import TaskSettings

LATENCY_S = 0.1
"""Latency that is to be borne [s]."""
SPREAD = {"random_mass": 0.1, "random_friction": 0.1, "random_strength": 0.05}
"""Small, because late actions make controllers cautious enough to bear much more: docs/results.md.
With thrice the masses and friction, and later actions, grasp was learned to 90 % only. Noise is
borne without having been seen."""


def robust(settings: TaskSettings) -> dict[str, Any]:
    """Settings that vary masses, friction, strength and latency from episode to episode.

    As many of the last actions are observed as can be on their way, and one more.

    Args:
        settings: of the task.
    """
    steps = math.ceil(LATENCY_S * settings.control_hz)
    observed = max(steps + 1, settings.observed_actions)
    return {**SPREAD, "random_latency_steps": steps, "observed_actions": observed}
