"""What the rubber pads of the fingers feel."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from tasks.arm.grasp_scene import SENSORS
from tasks.arrays import Array, Mask, as_slice, norm

PRESS_N = 0.5
"""Force along the closing direction from which a pad counts as pressing [N]."""
RUB_SHARE = 1.2
"""How many times harder a pad must press than it rubs: with a friction of 1, rubbing on top of the
cube cannot."""
_INWARD = np.array([-1.0, 1.0])
"""Which way along y the object pushes each pad when it is pressed."""


class Pads:
    """Forces of both pads of n hands on their objects, averaged over the last control step."""

    def __init__(self, model: mujoco.MjModel, nsim: int) -> None:
        """Find the sensors.

        Args:
            model: a scene made by `grasp_scene`.
            nsim: number of simulations.
        """
        columns = [model.sensor(name).adr[0] + np.arange(3) for name in SENSORS]
        self._columns = as_slice(np.concatenate(columns))
        self.press = np.zeros((nsim, 2))
        """How hard each pad presses the object in the closing direction [N], (n, 2)."""
        self._rub = np.zeros((nsim, 2))

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Nothing is touched in the simulations `ids`."""
        self.press[ids] = self._rub[ids] = 0.0

    def feel(self, sensordata: Array, hand: Array) -> None:
        """Take the forces of a control step.

        Args:
            sensordata: after every physics step, (n, substeps, sensors).
            hand: the hands' rotation matrices, (n, 3, 3); they close along y.
        """
        force = np.add.reduce(sensordata[:, :, self._columns], 1) / sensordata.shape[1]
        in_hand = force.reshape(-1, 2, 3) @ hand
        self.press = in_hand[:, :, 1] * _INWARD
        self._rub = norm(in_hand[:, :, ::2])

    def firm(self) -> Mask:
        """Whether both pads press rather than rub, (n,)."""
        pressing = (self.press > PRESS_N) & (self.press > RUB_SHARE * self._rub)
        return np.asarray(pressing.all(1))
