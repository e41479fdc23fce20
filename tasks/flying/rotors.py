"""What the rotors of a vehicle do together: thrust along its z axis and torques about its axes."""

import mujoco
import numpy as np

from tasks.arrays import Array
from tasks.flying.scene import VEHICLE
from tasks.mirror import Reflection, turn

SWIFT_S = 0.02
"""Time constant with which thrust is made to change where a controller knows its motors [s]."""


class Rotors:
    """The rotors of a model, whose commands are thrusts [N]."""

    def __init__(self, model: mujoco.MjModel) -> None:
        """Read where they are, how they turn, and what they carry."""
        body = model.body(VEHICLE)
        self.names = tuple(model.actuator(i).name for i in range(model.nu))
        self.inertia = _inertia(body)
        """Of the vehicle about its centre, in its frame [kg m^2], (3, 3)."""
        self.mass_kg = float(body.mass[0])
        self.hover_n = self.mass_kg * float(np.linalg.norm(model.opt.gravity)) / model.nu
        """Thrust of each that carries the weight [N]."""
        self.most_n = 2.0 * self.hover_n
        """Greatest thrust that is asked for [N]: a seventh stays in reserve, as batteries run down.
        """
        self.lag_s = float(model.actuator_dynprm[0, 0])
        """Time constant of the motors [s]."""
        places, gears = model.site_pos[model.actuator_trnid[:, 0]], model.actuator_gear
        self._effect = np.stack([gears[:, 2], places[:, 1], -places[:, 0], gears[:, 5]])
        self._shares = np.linalg.inv(self._effect)

    def image(self, axis: int) -> Reflection:
        """Of thrusts, (4,): which rotor is the image of which in a mirror across x or y, 0 or 1."""
        effect = self._effect.T * [1.0, *turn(axis).sign]
        order = [int(np.abs(self._effect.T - row).sum(1).argmin()) for row in effect]
        return Reflection(tuple(order), (1.0,) * len(order))

    def wrench(self, thrust: Array) -> Array:
        """Force along z [N] and torques about x, y and z [N m] of thrusts [N], (..., 4) both."""
        return np.asarray(thrust @ self._effect.T)

    def thrusts(self, wrench: Array) -> Array:
        """Thrusts [N] that give force and torques, (..., 4) both; they may be out of range."""
        return np.asarray(wrench @ self._shares.T)

    def hurried(self, wanted: Array, now: Array) -> Array:
        """Commands by which thrusts become what is wanted faster than the motors would, (..., 4).

        Args:
            wanted: thrusts [N], (..., 4).
            now: thrusts that the motors give now [N], (..., 4).
        """
        return now + (wanted - now) * (self.lag_s / SWIFT_S)


def _inertia(body: mujoco.MjModel) -> Array:
    """In the body's frame, (3, 3)."""
    axes = np.zeros(9)
    mujoco.mju_quat2Mat(axes, body.iquat)
    turned = axes.reshape(3, 3)
    return np.asarray(turned @ np.diag(body.inertia) @ turned.T)
