"""What robots that move in a plane have in common: forward at a given speed, upright."""

from dataclasses import dataclass

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.commands import Command, Velocity
from tasks.legged.scene import legged_scene
from tasks.legged.task import LeggedTask
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness, tolerance
from tasks.task import TaskSettings

X, Z, PITCH = 0, 1, 2
"""Where the root's positions and velocities are."""
PITCH_RATE_RAD_S = 10.0
"""Pitch rate that is observed as 1 [rad/s]."""
HEIGHT_M = 0.1
"""Height above or below that at home which is observed as 1 [m]."""
ARROW_M = 0.5
"""Length of the arrow that shows the command [m]."""
AVERAGED_S = 1.0
"""Time constant of the average speed that success is judged by [s]."""
BEARABLE, UNBEARABLE = 0.85, 1.25
"""Joint speeds, as shares of what their motors can do, up to which all of the reward is earned, and
at which a tenth of it is left."""


@dataclass(frozen=True)
class PlanarSettings(TaskSettings):
    """Settings of the planar robots' tasks."""

    control_hz: float = 25.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.002
    """Physics time step [s]; feet sink into the ground by what they cover in one."""
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


class Planar(LeggedTask):
    """What the planar robots' tasks have in common."""

    solved = "fast enough"
    recorded = ("sensordata", "qvel")
    above_m = 0.35
    """Height at which the command is drawn above the torso [m]."""
    upright_rad: float
    """Pitch up to which the robot counts as upright [rad]."""
    too_fast: tuple[float, float] = (1.15, 1.65)
    """Shares of the speed asked for up to which all of the reward is earned, and at which a tenth
    of it is left: walkers that may be fast do not walk, they leap ..."""
    sunk_m: tuple[float, float] = (0.006, 0.012)
    """... and depths of the feet in the ground, which grow with the speed of landing [m]."""
    slip_m_s: float = 0.4
    """Slip of the feet that leaves a quarter of the reward for grip [m/s]."""

    settings: PlanarSettings

    def build(self) -> mujoco.MjSpec:
        """The robot on the floor."""
        return legged_scene(self.robot, self.settings.timestep_s)

    def bind(self, batch: Batch) -> None:
        """Keep views of the state."""
        super().bind(batch)
        self._average = np.zeros(batch.nsim)
        self._decay = np.exp(-1.0 / (AVERAGED_S * self.settings.control_hz))
        self._root_scale = np.array([self.settings.speed_m_s, 1.0, PITCH_RATE_RAD_S])
        self.speed = self.qvel[:, X]
        """Forward speed [m/s], (n,)."""

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start near `home`, at rest."""
        noise, size = self.settings.start_noise_rad, len(self.home) - PITCH
        for i, rng in zip(ids, rngs, strict=True):
            self.qpos[i, PITCH:] += rng.normal(0.0, noise, size)
            self.put_on_ground(i)
        self._average[ids] = 0.0

    def advance(self) -> None:
        """Average the speed."""
        super().advance()
        self._average += (1.0 - self._decay) * (self.speed - self._average)

    def observe(self) -> dict[str, Array]:
        """Height, pitch, velocities, joints; not the distance, which nothing depends on."""
        pitch = self.qpos[:, [PITCH]]
        return {
            "height": (self.qpos[:, [Z]] - self.home[Z]) / HEIGHT_M,
            "pitch": np.concatenate([np.sin(pitch), np.cos(pitch)], axis=1),
            "root_velocity": self.qvel[:, : PITCH + 1] / self._root_scale,
            **self.joints_observed(),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows; height and velocities are those of the torso."""
        return {
            "height": Quantity("height", "m", HEIGHT_M, self.home[Z]),
            "pitch": Quantity("sine and cosine of the pitch"),
            "root_velocity": Quantity(
                "speed forward and up [m/s], pitch rate [rad/s]", "m/s, rad/s", self._root_scale
            ),
            **self.joints_shown(),
        }

    def reward_terms(self) -> dict[str, Array]:
        """See the tasks."""
        self._sound = self.upright() * self.bearable()
        share = self.speed / self.settings.speed_m_s
        moving = self._sound * np.clip(share, 0.0, 1.0)
        moving *= _at_most(share, *self.too_fast)
        change = np.sqrt(np.square(self.command_change).mean(1))
        return {
            "speed": moving,
            "smooth": moving * tolerance(change, margin=0.6),
            "economy": moving * (1.0 - np.square(self.ctrl).mean(1)),
            "grip": moving * closeness(self.footing.mean_slip(), self.slip_m_s),
        }

    def upright(self) -> Array:
        """1 with the torso upright, less when it leans, (n,)."""
        return tolerance(self.qpos[:, PITCH], (-self.upright_rad, self.upright_rad), 0.5)

    def bearable(self) -> Array:
        """1 as long as joints are no faster than their motors and feet land softly, (n,)."""
        joints = self.records["qvel"][:, :, -len(self.robot.joints) :]
        share = (np.abs(joints) / self._speed_scale).max((1, 2))
        depth = self.footing.depth.max((1, 2))
        return _at_most(share, BEARABLE, UNBEARABLE) * _at_most(depth, *self.sunk_m)

    def success(self) -> Mask:
        """The average speed is high enough."""
        settings = self.settings
        return np.asarray(self._average >= settings.success_share * settings.speed_m_s)

    def metrics(self) -> dict[str, Array]:
        """The average speed over the last second or so."""
        return {"speed_m_s": self._average.copy()}

    def commands(self) -> dict[str, Array]:
        """The speed asked for."""
        return {"speed": np.full((len(self.speed), 1), self.settings.speed_m_s)}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        length = ARROW_M / self.settings.speed_m_s
        torso, above_m = self.robot.torso, self.above_m
        return {"speed": Velocity("speed", "m/s", body=torso, above_m=above_m, second_m=length)}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"speed_m_s": Measure("speed", "m/s")}


def _at_most(x: Array, most: float, tenth: float) -> Array:
    """1 up to `most`, 0.1 at `tenth`, which is more."""
    return tolerance(x, (-np.inf, most), tenth - most)
