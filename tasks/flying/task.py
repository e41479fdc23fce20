"""What tasks of a flying robot have in common: what it senses, how it starts, where it crashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask, norm
from tasks.flying.rotors import Rotors
from tasks.flying.scene import VEHICLE, flying_scene
from tasks.mirror import Image, Reflection, joined, same, turn, vector
from tasks.quantities import Quantity
from tasks.rotation import rotations, to_body
from tasks.task import Task, TaskSettings

SPEED_M_S = 2.0
"""Velocity that is observed as 1 [m/s]."""
TURN_RAD_S = 10.0
"""Angular velocity that is observed as 1 [rad/s]."""
HEIGHT_M = 2.5
"""Height that is observed as 0, and above it as 1 [m]."""
CRASH_M = 0.05
"""The vehicle has crashed where its centre is lower than this [m]."""
LOST_RAD_S = 34.9
"""Greatest angular velocity [rad/s]: the range of the vehicle's gyroscope, 2000 degrees per second
(Bosch Sensortec, BMI088 data sheet). Who spins faster does not know how any more."""

Control = Literal["motors", "rates"]


@dataclass(frozen=True)
class FlyingSettings(TaskSettings):
    """Settings that every task of a flying robot has."""

    control_hz: float = 50.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.005
    """Physics time step [s]."""
    episode_s: float = 5.0
    """Episode length [s]."""
    control: Control = "motors"
    """What actions are: thrusts of the four rotors, or thrust and body rates."""
    arena_m: tuple[float, float, float] = (3.0, 3.0, 5.0)
    """Distance of the walls from the middle, along x and y, and height of the ceiling [m]."""
    start_low_m: tuple[float, float, float] = (-1.0, -1.0, 2.5)
    """Lower corner of the box that episodes start in [m]."""
    start_high_m: tuple[float, float, float] = (1.0, 1.0, 3.5)
    """Upper corner [m]."""
    start_speed_m_s: float = 2.0
    """Greatest speed at the start, in any direction [m/s]."""
    start_turn_rad_s: float = 10.0
    """Greatest angular velocity at the start, about any axis [rad/s]."""

    def __post_init__(self) -> None:
        """Check what `TaskSettings` checks, and the start."""
        super().__post_init__()
        if self.control not in ("motors", "rates"):
            raise ValueError(f"control must be 'motors' or 'rates', got {self.control!r}")
        x, y, top = self.arena_m
        inside = np.all(np.greater_equal(self.start_low_m, (-x, -y, CRASH_M)))
        inside &= np.all(np.less_equal(self.start_high_m, (x, y, top)))
        if not inside or not np.all(np.less_equal(self.start_low_m, self.start_high_m)):
            raise ValueError(f"start_low_m and start_high_m must be a box in the arena, got {self}")
        if self.start_speed_m_s < 0 or self.start_turn_rad_s < 0:
            raise ValueError(f"speeds at the start must not be negative, got {self}")


class FlyingTask(Task):
    """A task for a robot with rotors: it starts in any attitude, thrown and tumbling."""

    drive = "robo_ddpg.control.flying:FlyingDrive"
    failed = "crashed, spun or left the arena"
    action_settings = ("control",)
    derived = False

    settings: FlyingSettings

    @cached_property
    def rotors(self) -> Rotors:
        """The vehicle's rotors."""
        return Rotors(self.model)

    @property
    def push_body(self) -> str:
        """The vehicle."""
        return VEHICLE

    @property
    def traced(self) -> tuple[str, ...]:
        """The vehicle's centre."""
        return (VEHICLE,)

    def build(self) -> mujoco.MjSpec:
        """The vehicle above the floor."""
        return flying_scene(self.settings.timestep_s)

    def bind(self, batch: Batch) -> None:
        """Keep views of the state."""
        qpos, self._qvel = batch.bind("qpos"), batch.bind("qvel")
        self.position, self._attitude = qpos[:, :3], qpos[:, 3:7]
        self.thrust = batch.bind("act")
        """What the motors give now [N], (n, 4)."""
        self._ctrl = batch.bind("ctrl")
        self._previous = np.zeros_like(self._ctrl)
        self.command_change = np.zeros_like(self._ctrl)
        """Change of the commands in the last control step, as a share of their range, (n, 4)."""
        self._sense()

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start anywhere in the box, in any attitude and motion."""
        settings = self.settings
        self.position[ids] = points(rngs, settings.start_low_m, settings.start_high_m)
        self._attitude[ids] = _directions(rngs, 4)  # uniform over rotations
        self._qvel[ids, :3] = _within(rngs, settings.start_speed_m_s)
        self._qvel[ids, 3:] = _within(rngs, settings.start_turn_rad_s)

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        self._sense()
        self._previous[ids] = self._ctrl[ids]
        self.command_change[ids] = 0.0

    def advance(self) -> None:
        """Take the state and the change of the commands."""
        self._sense()
        np.subtract(self._ctrl, self._previous, out=self.command_change)
        self.command_change /= self.rotors.most_n
        self._previous[:] = self._ctrl

    def _sense(self) -> None:
        """What follows from the state, in the vehicle's frame."""
        self._rotation = rotations(self._attitude)
        self.up = self._rotation[:, 2]
        """Direction of the vertical, (n, 3)."""
        self.velocity = to_body(self._rotation, self._qvel[:, :3])
        """[m/s], (n, 3)."""
        self.turn = self._qvel[:, 3:6]
        """Angular velocity [rad/s], (n, 3)."""

    def observe(self) -> dict[str, Array]:
        """Height, the vertical, velocities, thrusts and commands, in the vehicle's frame."""
        return {
            "height": self.position[:, 2:] / HEIGHT_M - 1.0,
            "up": self.up,
            "velocity": self.velocity / SPEED_M_S,
            "turn": self.turn / TURN_RAD_S,
            "thrust": self.thrust / self.rotors.hover_n - 1.0,
            "command": self._ctrl / self.rotors.hover_n - 1.0,
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows; in the vehicle's frame: x forward, y to the left, z up."""
        hover = self.rotors.hover_n
        rotors = ", ".join(self.rotors.names)
        return {
            "height": Quantity("height above the floor", "m", HEIGHT_M, HEIGHT_M),
            "up": Quantity("direction of the vertical"),
            "velocity": Quantity("velocity of the vehicle", "m/s", SPEED_M_S),
            "turn": Quantity("angular velocity of the vehicle", "rad/s", TURN_RAD_S),
            "thrust": Quantity(f"thrust of {rotors}, by their commands so far", "N", hover, hover),
            "command": Quantity(f"commands of {rotors}", "N", hover, hover),
        }

    def reflections(self, axis: int) -> dict[str, Reflection]:
        """How what is observed looks in a mirror across an axis of the vehicle, 0 or 1."""
        rotors = self.rotors.image(axis)
        return {
            "height": same(1),
            **dict.fromkeys(("up", "velocity"), vector(axis)),
            "turn": turn(axis),
            **dict.fromkeys(("thrust", "command"), rotors),
        }

    def images(self) -> Sequence[Image]:
        """Front for back and left for right; that masses are some percent uneven is neglected."""
        motors = self.settings.control == "motors"
        return [
            Image(
                self.reflections(axis),
                self.rotors.image(axis) if motors else joined([same(1), turn(axis)]),
            )
            for axis in (0, 1)
        ]

    def failure(self) -> Mask:
        """The vehicle has crashed, spins, or has left the arena."""
        x, y, top = self.settings.arena_m
        across = np.abs(self.position[:, :2]) > (x, y)
        height = self.position[:, 2]
        spins = norm(self.turn) > LOST_RAD_S
        return np.asarray(across.any(1) | (height > top) | (height < CRASH_M) | spins)

    def about_robot(self) -> dict[str, Any]:
        """The rotors, in the order of the actions."""
        rotors = self.rotors
        return {
            "rotors": list(rotors.names),
            "mass_kg": rotors.mass_kg,
            "hover_n": rotors.hover_n,
            "most_n": rotors.most_n,
            "lag_s": rotors.lag_s,
        }


def points(rngs: Generators, low: Sequence[float], high: Sequence[float]) -> Array:
    """One of each generator, uniform over a box, (k, 3)."""
    share = np.array([rng.random(3) for rng in rngs])
    return np.asarray(low + np.subtract(high, low) * share)


def _directions(rngs: Generators, size: int) -> Array:
    """Unit vectors, uniform over the sphere, (k, size)."""
    vectors = np.array([rng.standard_normal(size) for rng in rngs])
    return np.asarray(vectors / np.sqrt(np.vecdot(vectors, vectors))[:, None])


def _within(rngs: Generators, most: float) -> Array:
    """Vectors of any direction, and of any length up to `most`, (k, 3)."""
    directions = _directions(rngs, 3)
    return directions * [[most * rng.random()] for rng in rngs]
