"""Actors that try to break the arm's limits."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.controller import Controller
from robo_ddpg.envs.simulation import Simulation
from tasks.arm.grasp import Grasp
from tasks.arm.reach import Reach
from tasks.arm.robot import Arm
from tasks.arm.task import ArmTask, JointMotion
from tasks.arrays import Array
from tasks.goals import PointGoalTask

Observation = NDArray[np.float32]
Actor = Callable[[int, Observation], Array]
"""From the step within the episode and the observations to the actions of all arms, (n, a)."""
Adversary = Callable[[Simulation, np.random.Generator], Actor]
"""Makes a new actor for each episode."""

LONGEST_PERIOD = 20
"""Bang-bang actors turn round after 1 to this many steps."""
WILD = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300])
"""Mixed into the actions of one adversary."""
WILD_SHARE = 0.1
"""Probability of each component being one of them."""


def uniform(simulation: Simulation, rng: np.random.Generator) -> Actor:
    """Uniform in [-1, 1]."""
    return lambda *_: rng.uniform(-1.0, 1.0, _shape(simulation))


def saturated(simulation: Simulation, rng: np.random.Generator) -> Actor:
    """A corner of the action space, held for the episode."""
    corner = _corner(simulation, rng)
    return lambda *_: corner


def bang_bang(simulation: Simulation, rng: np.random.Generator) -> Actor:
    """From one corner of the action space to the opposite one and back, at every period."""
    corner = _corner(simulation, rng)
    periods = 1 + np.arange(simulation.nsim)[:, None] % LONGEST_PERIOD
    phases = rng.integers(0, 2 * LONGEST_PERIOD, corner.shape[:1])[:, None]
    return lambda step, _: np.where((step + phases) // periods % 2, corner, -corner)


def nearest_limit(simulation: Simulation, rng: np.random.Generator) -> Actor:
    """Always on toward the nearest limit: of each joint, or of the fingertips' box.

    What else the action has, such as the gripper, keeps to a corner.
    """
    rest = _corner(simulation, rng)
    arm = as_arm(simulation.drive).arm
    if isinstance(as_arm(simulation.drive).mode, JointMotion):
        bounds, motion = as_arm(simulation.drive).motion.bounds, as_arm(simulation.drive).motion
        middle = 0.5 * (bounds.low + bounds.high)
        return lambda *_: _toward(motion.position - middle, rest)
    centre = box_centre(arm)
    kinematics = as_arm(simulation.drive).motion.kinematics
    kinematics.update(as_arm(simulation.drive).motion.position)
    return lambda *_: _toward(kinematics.sites_position[:, kinematics.tip] - centre, rest)


def not_finite(simulation: Simulation, rng: np.random.Generator) -> Actor:
    """Uniform, with NaN, infinity and huge numbers mixed in."""

    def act(step: int, observation: Observation) -> Array:
        action = rng.uniform(-1.0, 1.0, _shape(simulation))
        return np.where(
            rng.random(action.shape) < WILD_SHARE, rng.choice(WILD, action.shape), action
        )

    return act


def trained(controller: str) -> Adversary:
    """A controller, such as one trained to move as fast as it can.

    Args:
        controller: its file.
    """
    act = Controller.load(controller).act
    return lambda simulation, rng: lambda _, observation: np.asarray(act(observation), float)


class _Fast(ArmTask, PointGoalTask):
    """Rewards the arm for nothing but the speed of its joints, whatever the goal."""

    weights = {"fast": 1.0}  # noqa: RUF012 - never changed
    _qvel: Array
    _joints: slice

    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """Mean joint speed as a share of the limits."""
        return {"fast": np.asarray(info[..., 0])}

    def reward_info(self) -> Array:
        """The same, (n, 1)."""
        share = np.abs(self._qvel[:, self._joints]) / self.arm.limits.velocity_rad_s
        return np.asarray(np.minimum(share.mean(1, keepdims=True), 1.0))


class FastReach(_Fast, Reach):
    """The arm of `reach`."""


class FastGrasp(_Fast, Grasp):
    """The arm of `grasp`."""


FAST = {"reach": "adversaries:FastReach", "grasp": "adversaries:FastGrasp"}
"""Task -> one with its arm that is learned by moving fast."""

ADVERSARIES: dict[str, Adversary] = {
    "uniform random": uniform,
    "bang-bang, periods 1 to 20": bang_bang,
    "toward the nearest limit": nearest_limit,
    "NaN, infinity, 1e300": not_finite,
    "constant saturation": saturated,
}
"""Those that need no training."""


def box_centre(arm: Arm) -> Array:
    """The middle of the half-spaces of the fingertips [m], (3,)."""
    planes = [plane for plane in arm.workspace if plane.site == arm.tip]
    walls = np.array([np.multiply(plane.normal, plane.offset_m) for plane in planes])
    return np.asarray(walls.sum(0) / 2)


def _shape(simulation: Simulation) -> tuple[int, int]:
    return simulation.nsim, simulation.action_size


def _corner(simulation: Simulation, rng: np.random.Generator) -> Array:
    return rng.choice([-1.0, 1.0], _shape(simulation))


def _toward(value: Array, rest: Array) -> Array:
    """The signs of values, (n, k), and the rest of an action, (n, a), behind them."""
    signs = np.where(value < 0, -1.0, 1.0)
    return np.concatenate((signs, rest[:, signs.shape[1] :]), axis=1)
