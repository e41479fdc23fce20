"""Scripted solutions of the flying tasks: geometric control of thrust and attitude.

T. Lee, M. Leok and N. H. McClamroch, Geometric Tracking Control of a Quadrotor UAV on SE(3), CDC
2010. The thrust points where the wanted acceleration asks for, and torques turn the vehicle there.
The heading is free here: of all attitudes with that thrust axis the nearest is wanted. Its error is
the angle to it, not the sine of that, which would not turn over what lies on its back.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.flying.fly import COARSE_M, Fly
from tasks.flying.task import SPEED_M_S, TURN_RAD_S
from tasks.flying.track import ACCELERATION_M_S2

STIFFNESS_S2, DAMPING_S = 8.0, 4.5
"""Acceleration per metre [1/s^2] and per m/s [1/s]: overdamped a little."""
MOST_M_S2 = 7.0
"""Greatest acceleration that is asked for besides what carries the weight [m/s^2]."""
TURN_STIFFNESS_S2, TURN_DAMPING_S = 150.0, 22.0
"""Angular acceleration per radian [1/s^2] and per rad/s [1/s]."""
FLOOR = 0.7
"""Least thrust, as a share of the weight: with less of it rotors have no torque to turn with."""
RUN_UP_M = 0.5
"""How far before a gate it is approached, and how far ahead one flies through it [m]."""
ALIGNED_M = 0.12
"""Distance from the axis of a gate within which it is flown through [m]."""
STEP_M = 0.8
"""Greatest distance between gates that is asked for at once [m], which bounds the speed."""
CLEAR_M = 0.6
"""Distance from that axis at which a gate is flown around [m]."""
YAW_DAMPING_S = 3.0
"""About the thrust axis, where rotors have little torque [1/s]."""


class GeometricController:
    """Thrusts from what is observed, without learning."""

    def __init__(self, task: Fly) -> None:
        """Read the vehicle's figures.

        Args:
            task: the task, whose actions are thrusts; its simulations are made already.

        Raises:
            ValueError: its actions are others.
        """
        if task.settings.control != "motors":
            raise ValueError(
                f"the demonstrator commands motors, got control={task.settings.control!r}; "
                "use control='motors'"
            )
        self._rotors, self._layout = task.rotors, task.layout
        self._gravity = 4 * task.rotors.hover_n / task.rotors.mass_kg

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Actions, (n, 4), for observations, (n, o)."""
        seen = {name: np.asarray(observation, float)[:, at] for name, at in self._layout.items()}
        rotors = self._rotors
        wanted = self._acceleration(seen)
        force = rotors.mass_kg * np.maximum(wanted[:, 2:], FLOOR * self._gravity)
        wrench = np.hstack([force, self._torque(wanted, TURN_RAD_S * seen["turn"])])
        now = rotors.hover_n * (1.0 + seen["thrust"])
        command = rotors.hurried(rotors.thrusts(wrench), now)
        action: NDArray[np.float32] = (
            (command / rotors.hover_n - 1.0).clip(-1.0, 1.0).astype(np.float32)
        )
        return action

    def _acceleration(self, seen: dict[str, Array]) -> Array:
        """What the thrust should give [m/s^2], in the vehicle's frame, (n, 3)."""
        pull = STIFFNESS_S2 * COARSE_M * seen["to_goal"] - DAMPING_S * SPEED_M_S * seen["velocity"]
        if "goal_velocity" in seen:
            pull += DAMPING_S * SPEED_M_S * seen["goal_velocity"]
            pull += ACCELERATION_M_S2 * seen["goal_acceleration"]
        size = np.linalg.norm(pull, axis=1, keepdims=True)
        pull *= np.minimum(1.0, MOST_M_S2 / np.maximum(size, 1e-9))
        return np.asarray(pull + self._gravity * seen["up"])

    def _torque(self, wanted: Array, turn: Array) -> Array:
        """Torques that turn z towards the wanted acceleration [N m], (n, 3)."""
        x, y, z = wanted.T
        x = x + 1e-9  # from exactly upside down, either way is right
        across = np.hypot(x, y)
        angle = np.arctan2(across, z) / across
        error = np.stack([-y * angle, x * angle, 0.0 * angle], axis=1)
        damping = np.array([TURN_DAMPING_S, TURN_DAMPING_S, YAW_DAMPING_S])
        inertia = self._rotors.inertia
        torque = (TURN_STIFFNESS_S2 * error - damping * turn) @ inertia
        return np.asarray(torque + np.cross(turn, turn @ inertia))


class GatePilot(GeometricController):
    """Flies to a point before the next gate, and from there along its axis through it."""

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Actions, (n, 4), for observations, (n, o)."""
        changed = np.array(observation, float)
        changed[:, self._layout["to_goal"]] = self._aim(changed) / COARSE_M
        return super().act(changed)

    def _aim(self, observation: Array) -> Array:
        """Where to fly to, from the vehicle and in its frame [m], (n, 3)."""
        way = COARSE_M * observation[:, self._layout["to_goal"]]
        axis = observation[:, self._layout["axis"]]
        ahead = np.sum(way * axis, axis=1, keepdims=True)
        aside = way - ahead * axis
        off = np.linalg.norm(aside, axis=1, keepdims=True)
        before = way - RUN_UP_M * axis
        around = before - aside * (CLEAR_M / np.maximum(off, 1e-9))
        blocked = (ahead < RUN_UP_M / 2) & (off < CLEAR_M)
        aligned = (ahead > 0.0) & (off < ALIGNED_M)
        aim = np.where(aligned, aside + RUN_UP_M * axis, np.where(blocked, around, before))
        length = np.linalg.norm(aim, axis=1, keepdims=True)
        return np.asarray(aim * np.minimum(1.0, STEP_M / np.maximum(length, 1e-9)))
