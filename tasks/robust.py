"""What to vary in training so that a controller bears the differences to a real robot."""

import math
from typing import Any

from tasks.task import TaskSettings

LATENCY_S = 0.1
"""Latency that is to be borne [s]."""
SPREAD = {"random_mass": 0.3, "random_friction": 0.3, "random_strength": 0.1}


def robust(settings: TaskSettings) -> dict[str, Any]:
    """Settings that vary masses, friction, strength and latency from episode to episode.

    Latency reaches one control step beyond `LATENCY_S`, and as many of the last actions are
    observed as can be on their way.

    Args:
        settings: of the task.
    """
    steps = math.ceil(LATENCY_S * settings.control_hz) + 1
    return {**SPREAD, "random_latency_steps": steps, "observed_actions": steps + 1}
