"""What tasks of the car have in common."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.car import CAR
from tasks.quantities import Quantity
from tasks.rewards import tolerance
from tasks.task import Task, TaskSettings

AXLES = ("front_left_axle", "front_right_axle", "rear_left_axle", "rear_right_axle")
KINGPINS = ("front_left_kingpin", "front_right_kingpin")
OFF_LIMITS = 0.8
"""Share of the greatest steering angle and speed up to which a car is driven calmly;
a tenth more is a tenth as calm."""


@dataclass(frozen=True)
class DrivingSettings(TaskSettings):
    """Settings of all tasks of the car."""

    control_hz: float = 5.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.01
    """Physics time step [s]; with a longer one a car at rest would tremble."""
    friction: float = 1.0
    """Friction of the road, as a share of a dry one's: about 0.7 in the wet, 0.3 on snow."""

    def __post_init__(self) -> None:
        """Check what `TaskSettings` checks, and the friction."""
        super().__post_init__()
        if not 0.05 <= self.friction <= 2.0:
            raise ValueError(f"friction must be from 0.05 to 2, got {self.friction}")


class DrivingTask(Task):
    """A task for the car.

    Actions are the rate of the steering angle and the acceleration, as shares of `steering_rad_s`
    and `acceleration_m_s2`; both are kept until the next action.
    """

    drive = "robo_ddpg.control.car:CarDrive"
    derived = False
    car = CAR
    acceleration_m_s2: float
    """Acceleration at full action [m/s^2]."""
    steering_rad_s: float = CAR.steering_rad_s
    """Rate of the steering angle at full action [rad/s]."""
    speed_m_s: tuple[float, float]
    """Greatest speed backward, negative, and forward that the drive allows [m/s]."""

    settings: DrivingSettings

    @property
    def push_body(self) -> str:
        """The car."""
        return "car"

    @property
    def traced(self) -> tuple[str, ...]:
        """The middle of the rear axle."""
        return ("car",)

    def about_robot(self) -> dict[str, Any]:
        """Sizes and limits of the car."""
        return dataclasses.asdict(self.car)

    def bind(self, batch: Batch) -> None:
        """Keep views of positions and velocities."""
        self.qpos, self.qvel = batch.bind("qpos"), batch.bind("qvel")
        self._kingpins = [batch.model.joint(name).qposadr[0] for name in KINGPINS]
        self._axles = [batch.model.joint(name).dofadr[0] for name in AXLES]
        self._before = np.zeros((batch.nsim, 2))
        self.calm = np.ones(batch.nsim)
        """1 where steering angle and speed changed little in the last control step and are off
        their limits, so that the drive has nothing to alter, (n,)."""
        self.sense()

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        self.sense()
        self._before[ids] = self._moved()[ids]
        self.calm[ids] = 1.0

    def advance(self) -> None:
        """Take the state, and how it has changed."""
        self.sense()
        moved = self._moved()
        change = np.sqrt(np.square(moved - self._before).mean(1))
        near = np.stack([self.steering_angle / self.car.steering_rad, self._speed_share()])
        off = tolerance(np.abs(near).max(0), (0.0, OFF_LIMITS), 0.1)
        self.calm = tolerance(change, margin=1.0) * off
        self._before = moved

    def sense(self) -> None:
        """What follows from the state."""
        w, x, y, z = self.qpos[:, 3:7].T
        self.heading: Array = np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
        """Direction of the car, from x to the left [rad], (n,)."""
        self.forward: Array = np.stack([np.cos(self.heading), np.sin(self.heading)], axis=1)
        """The same as a unit vector, (n, 2)."""
        self.speed: Array = (self.qvel[:, :2] * self.forward).sum(1)
        """Speed of the origin forward [m/s], (n,)."""
        self.steering_angle = self.car.steering(self.qpos[:, self._kingpins])
        """Steering angle [rad], (n,)."""
        self.middle: Array = self.qpos[:, :2] + self.car.middle_m * self.forward
        """Middle of the outline [m], (n, 2)."""

    def place(self, index: int, middle: Array, heading: float, speed: float = 0.0) -> None:
        """Put the car somewhere, its wheels turning as they have to.

        Args:
            index: which simulation.
            middle: of the outline [m], (2,).
            heading: from x to the left [rad].
            speed: forward [m/s].
        """
        forward = np.array([np.cos(heading), np.sin(heading)])
        self.qpos[index, :2] = middle - self.car.middle_m * forward
        self.qpos[index, 3:7] = np.cos(heading / 2), 0.0, 0.0, np.sin(heading / 2)
        self.qvel[index, :2] = speed * forward
        self.qvel[index, self._axles] = speed / self.car.wheel_m

    def _moved(self) -> Array:
        """Steering angle and speed, in units of what a control step can change, (n, 2)."""
        rates = np.array([self.steering_rad_s, self.acceleration_m_s2])
        state = np.stack([self.steering_angle, self.speed], axis=1)
        return np.asarray(state * self.settings.control_hz / rates)

    def _speed_share(self) -> Array:
        """Speed as a share of the greatest, (n,)."""
        low, high = self.speed_m_s
        return np.where(self.speed > 0.0, self.speed / high, self.speed / low)

    def motion_observed(self) -> dict[str, Array]:
        """Speed, turn and steering angle as they are observed, (n, 3)."""
        motion = np.stack([self.speed, self.qvel[:, 5], self.steering_angle], axis=1)
        return {"motion": motion / self.motion_scales}

    def motion_shown(self) -> dict[str, Quantity]:
        """What `motion_observed` shows."""
        what = "speed [m/s], turn to the left [rad/s], steering angle [rad]"
        return {"motion": Quantity(what, "m/s, rad/s, rad", self.motion_scales)}

    @property
    def motion_scales(self) -> Array:
        """What 1 stands for in `motion` [m/s, rad/s, rad], (3,)."""
        return np.array([self.speed_m_s[1], 1.0, self.car.steering_rad])
