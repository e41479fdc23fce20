"""Follow a target that moves along a figure of eight."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.flying.fly import Fly, FlySettings
from tasks.flying.task import SPEED_M_S
from tasks.mirror import Reflection, vector
from tasks.quantities import Measure, Quantity
from tasks.rotation import to_body

AVERAGED_S = 1.0
"""Time constant of the average error that success is judged by [s]."""

ACCELERATION_M_S2 = 5.0
"""Acceleration of the target that is observed as 1 [m/s^2]."""


@dataclass(frozen=True)
class TrackSettings(FlySettings):
    """Settings of `fly-track`."""

    episode_s: float = 10.0
    """Episode length [s]."""
    middle_m: tuple[float, float, float] = (0.0, 0.0, 1.75)
    """Where the figure crosses itself [m]."""
    length_m: float = 2.0
    """Of the figure, along x [m]."""
    width_m: float = 1.0
    """Along y [m]."""
    period_s: tuple[float, float] = (6.0, 9.0)
    """Range of the time for the whole figure [s]."""
    error_m: float = 0.1
    """Success: the average error is at most this [m]."""

    def __post_init__(self) -> None:
        """Check what `FlySettings` checks, and the figure."""
        super().__post_init__()
        low, high = self.period_s
        if not 0 < low <= high or self.length_m <= 0 or self.width_m <= 0 or self.error_m <= 0:
            raise ValueError(f"expected positive lengths, and period_s as (low, high), got {self}")


class FlyTrack(Fly):
    """Recover a quadrotor from any attitude, and follow a target on a figure of eight.

    The target moves as Gerono's lemniscate, from anywhere in it and either way, at up to 1.5 m/s.
    The reward is that of `fly`, with a course that leads to where the target will be.
    """

    name = "fly-track"
    solved = "follows the target"

    settings: TrackSettings

    def __init__(self, **settings: Any) -> None:
        super(Fly, self).__init__(TrackSettings(**settings))

    def bind(self, batch: Batch) -> None:
        """Keep the time within the figure."""
        self._phase, self._speed = np.zeros(batch.nsim), np.ones(batch.nsim)
        self._figure = 0.5 * np.array([self.settings.length_m, self.settings.width_m])
        self._averaged = np.zeros(batch.nsim)
        super().bind(batch)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Draw where in the figure the target is, and how fast it moves."""
        super().reset(ids, rngs)
        for i, rng in zip(ids, rngs, strict=True):
            self._phase[i] = rng.uniform(0.0, 2 * np.pi)
            way = rng.choice([-1.0, 1.0])
            self._speed[i] = way * 2 * np.pi / rng.uniform(*self.settings.period_s)
        self._move()

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        super().started(ids)
        self._averaged[ids] = self.distance[ids]

    def advance(self) -> None:
        """Move the target, and average the error."""
        self._phase += self._speed / self.settings.control_hz
        self._move()
        super().advance()
        share = 1.0 - np.exp(-1.0 / (AVERAGED_S * self.settings.control_hz))
        self._averaged += share * (self.distance - self._averaged)

    def _move(self) -> None:
        phase = self._phase
        self.goal[:] = self.settings.middle_m
        self.goal[:, :2] += self._figure * np.stack([np.sin(phase), np.sin(2 * phase)], axis=1)

    def _motion(self) -> tuple[Array, Array]:
        """Velocity [m/s] and acceleration [m/s^2] of the target, in the vehicle's frame, (n, 3)."""
        phase, speed = self._phase, self._speed[:, None]
        flat = np.zeros((2, len(phase), 3))
        slope = np.stack([np.cos(phase), 2 * np.cos(2 * phase)], axis=1)
        bend = np.stack([-np.sin(phase), -4 * np.sin(2 * phase)], axis=1)
        flat[0, :, :2] = self._figure * slope * speed
        flat[1, :, :2] = self._figure * bend * speed**2
        return to_body(self._rotation, flat[0]), to_body(self._rotation, flat[1])

    def _course(self) -> Array:
        """Velocity that leads to the target and on with it [m/s], (n, 3)."""
        return super()._course() + self._motion()[0]

    def observe(self) -> dict[str, Array]:
        """The motion of the target, and what `fly` observes."""
        velocity, acceleration = self._motion()
        return {
            "goal_velocity": velocity / SPEED_M_S,
            "goal_acceleration": acceleration / ACCELERATION_M_S2,
            **super().observe(),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        unit = "m/s^2"
        return {
            "goal_velocity": Quantity("velocity of the goal", "m/s", SPEED_M_S),
            "goal_acceleration": Quantity("its acceleration", unit, ACCELERATION_M_S2),
            **super().observed(),
        }

    def reflections(self, axis: int) -> dict[str, Reflection]:
        """Those of the target's motion too: the figure is its own image, passed the other way."""
        moving = dict.fromkeys(("goal_velocity", "goal_acceleration"), vector(axis))
        return moving | super().reflections(axis)

    def steering(self) -> None:
        """The target moves by itself."""

    def success(self) -> Mask:
        """The target is followed, on average over the last second or so."""
        return np.asarray(self._averaged <= self.settings.error_m)

    def metrics(self) -> dict[str, Array]:
        """The average over the last second or so."""
        return {"tracking_error_m": self._averaged.copy()}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"tracking_error_m": Measure("average distance to the target", "m")}
