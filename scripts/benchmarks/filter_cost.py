"""What share of an environment's step the safety filter takes."""

import time
from collections.abc import Callable
from typing import Any

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.envs.robot_env import RobotVectorEnv

SIMULATIONS = 64
"""Simulations in a batch, as many as training uses."""
STEPS = 100
"""Steps that are timed."""


class _Timer:
    """Adds up the time spent in a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.seconds = 0.0
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        start = time.perf_counter()
        result = self._function(*arguments)
        self.seconds += time.perf_counter() - start
        return result


def filter_cost(task: str = "reach", robot: str = "") -> dict[str, dict[str, float]]:
    """Times steps with random actions, for both action modes.

    End-effector actions need the kinematics anyway; joint actions have them for the filter alone,
    so that they count for it.

    Args:
        task: whose arm it is.
        robot: the .toml of another arm.

    Returns:
        Mode -> microseconds per step and simulation, in all, in the filter and in the kinematics,
        and the `share` of what the filter takes.
    """
    return {mode: _measured(task, robot, mode) for mode in ("joint", "end-effector")}


def _measured(task: str, robot: str, mode: str) -> dict[str, float]:
    env = RobotVectorEnv(SIMULATIONS, task, action=mode, robot=robot)
    env.reset(seed=0)
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(STEPS)]
    motion = as_arm(env.simulation.drive).motion
    timers = {
        "filter": _Timer(motion.filter),
        "kinematics": _Timer(motion.kinematics.update),
        "step": _Timer(env.step),
    }
    setattr(motion, "filter", timers["filter"])  # noqa: B010 - a method is replaced
    setattr(motion.kinematics, "update", timers["kinematics"])  # noqa: B010
    for action in actions:
        timers["step"](action)
    env.close()
    each = {name: 1e6 * t.seconds / (STEPS * SIMULATIONS) for name, t in timers.items()}
    taken = each["filter"] + (each["kinematics"] if mode == "joint" else 0.0)
    share = taken / each["step"]
    return {**{f"{name}_us": round(us, 2) for name, us in each.items()}, "share": round(share, 4)}
