"""Locomotion in the plane: run, hop and walk forward at a given speed."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.legged import RUNNER
from tasks.legged_scene import legged_scene
from tasks.legged_task import LeggedTask
from tasks.rewards import tolerance
from tasks.task import Array, Generators, Mask, TaskSettings

X, Z, PITCH = 0, 1, 2
"""Where the root's positions and velocities are."""
PITCH_RATE_RAD_S = 10.0
"""Pitch rate that is observed as 1 [rad/s]."""
AVERAGED_S = 1.0
"""Time constant of the average speed that success is judged by [s]."""


@dataclass(frozen=True)
class LocomotionSettings(TaskSettings):
    """Settings of the planar robots' tasks."""

    control_hz: float = 25.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.005
    """Physics time step [s]."""
    episode_s: float = 10.0
    """Episode length [s]."""
    speed_m_s: float = 5.0
    """Forward speed that earns the whole reward [m/s]."""
    start_noise_rad: float = 0.05
    """Standard deviation of the joints' and the pitch's initial positions [rad]."""
    success_share: float = 0.9
    """Success: the speed, averaged over the last second or so, is this share of `speed_m_s`."""

    def __post_init__(self) -> None:
        """Check what `TaskSettings` checks, and the speed."""
        super().__post_init__()
        if self.speed_m_s <= 0:
            raise ValueError(f"speed_m_s must be positive, got {self.speed_m_s}")
        if not 0 < self.success_share <= 1:
            raise ValueError(f"success_share must be in (0, 1], got {self.success_share}")


class Runner(LeggedTask):
    """Run forward on two legs in the plane, like a cheetah, at 5 m/s.

    Reward terms, each in [0, 1]; style only counts as far as the robot runs, so that standing
    still, which is smooth and costs nothing, earns nothing:

    - `speed` grows linearly up to the speed asked for, and is only earned upright.
    - `smooth` pays for commands that change little, because twitching wears a machine out.
    - `economy` pays for little torque.
    """

    name = "locomotion"
    robot = RUNNER
    weights = {"speed": 0.8, "smooth": 0.1, "economy": 0.1}  # noqa: RUF012 - never changed
    upright_rad = 0.5
    """Pitch up to which the robot counts as upright [rad]."""

    settings: LocomotionSettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(LocomotionSettings(**settings))

    def build(self) -> mujoco.MjSpec:
        """The robot on the floor."""
        return legged_scene(self.robot, self.settings.timestep_s)

    def bind(self, batch: Batch) -> None:
        """Keep views of the state."""
        super().bind(batch)
        self._average = np.zeros(batch.nsim)
        self._decay = np.exp(-1.0 / (AVERAGED_S * self.settings.control_hz))
        self.speed = self.qvel[:, X]
        """Forward speed [m/s], (n,)."""

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start near `home`, at rest."""
        noise, size = self.settings.start_noise_rad, len(self.home) - PITCH
        for i, rng in zip(ids, rngs, strict=True):
            self.qpos[i, PITCH:] += rng.normal(0.0, noise, size)
        self._average[ids] = 0.0

    def advance(self) -> None:
        """Average the speed."""
        super().advance()
        self._average += (1.0 - self._decay) * (self.speed - self._average)

    def observe(self) -> dict[str, Array]:
        """Height, pitch, velocities, joints; not the distance, which nothing depends on."""
        pitch = self.qpos[:, [PITCH]]
        velocity = self.qvel[:, : PITCH + 1] / self._root_scale
        return {
            "height": (self.qpos[:, [Z]] - self.home[Z]) / 0.1,
            "upright": np.concatenate([np.sin(pitch), np.cos(pitch)], axis=1),
            "root_velocity": velocity,
            **self.joints_observed(),
        }

    @property
    def _root_scale(self) -> Array:
        speed = self.settings.speed_m_s
        return np.array([speed, 1.0, PITCH_RATE_RAD_S])

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        moving = np.clip(self.speed / self.settings.speed_m_s, 0.0, 1.0)
        moving *= tolerance(self.qpos[:, PITCH], (-self.upright_rad, self.upright_rad), 0.5)
        change = np.square(self.command_change).mean(1)
        return {
            "speed": moving,
            "smooth": moving * tolerance(np.sqrt(change), margin=0.6),
            "economy": moving * (1.0 - np.square(self.ctrl).mean(1)),
        }

    def success(self) -> Mask:
        """The average speed is high enough."""
        settings = self.settings
        return np.asarray(self._average >= settings.success_share * settings.speed_m_s)

    def metrics(self) -> dict[str, Array]:
        """The average speed over the last second or so."""
        return {"speed_m_s": self._average.copy()}
