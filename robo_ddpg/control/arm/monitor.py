"""Checks the simulated arm against its limits at every physics step."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from tasks.arm.robot import Arm
from tasks.arrays import Array, as_slice
from tasks.quantities import Measure

LIMITS = {
    "joint_position": Measure("joint position", "rad"),
    "joint_velocity": Measure("joint velocity", "rad/s"),
    "hand_speed": Measure("hand speed", "m/s"),
    "workspace": Measure("workspace", "m"),
}
"""What the simulated arm is checked against at every physics step."""


class Monitor:
    """Records what the physics does within a control step, and how far it oversteps."""

    def __init__(self, model: mujoco.MjModel, arm: Arm, states: Array) -> None:
        """Prepare the records.

        Args:
            model: model with the arm in it.
            arm: the arm and its limits.
            states: positions and velocities after each physics step, (n, substeps, nq + nv).
        """
        self._states = states
        self._timestep = model.opt.timestep
        self._hand_speed = arm.limits.hand_speed_m_s
        self._low, self._high = _state_limits(model, arm)
        self._nq = model.nq
        self._tip = model.site(arm.tip).id
        self._normals = np.zeros((model.nsite * 3, len(arm.workspace)))
        for c, plane in enumerate(arm.workspace):
            site = model.site(plane.site).id
            self._normals[3 * site : 3 * site + 3, c] = plane.normal
        self._offsets = np.array([plane.offset_m for plane in arm.workspace])
        self._torque = np.array(arm.limits.torque_nm)
        self._actuators = as_slice(np.array([model.actuator(name).id for name in arm.joints]))
        joints = [model.joint(name).id for name in arm.joints]
        self._dofs = as_slice(model.jnt_dofadr[joints])
        self._record(model, *states.shape[:2])

    def _record(self, model: mujoco.MjModel, nsim: int, substeps: int) -> None:
        """Make room for what is recorded after every physics step."""
        self._sites = np.zeros((nsim, substeps, model.nsite, 3))
        self._flat_sites = self._sites.reshape(nsim * substeps, -1)
        self._tips = np.full((nsim, substeps + 1, 3), np.nan)
        self._servo = np.zeros((nsim, substeps, model.nu))
        self._gravity = np.zeros((nsim, substeps, model.nv))
        self.records: dict[str | int, Any] = {
            "site_xpos": self._sites,
            "actuator_force": self._servo,
            "qfrc_gravcomp": self._gravity,
        }

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Forget where the fingertips were."""
        self._tips[ids] = np.nan

    def torque_excess(self) -> Array:
        """How far servos and gravity compensation asked for more torque than there is [N m], (n,).

        The actuators give no more than the limit, so the torque itself is never exceeded.
        """
        asked = np.abs(self._servo[:, :, self._actuators] + self._gravity[:, :, self._dofs])
        return np.asarray(np.maximum((_over_time(np.maximum, asked) - self._torque).max(1), 0.0))

    def measure(self, overshoot: dict[str, Array]) -> None:
        """How far each limit was overstepped.

        Args:
            overshoot: limit -> its overshoot, (n,), negative where it was kept; written into.
        """
        states = self._states
        highest, lowest = _over_time(np.maximum, states), _over_time(np.minimum, states)
        outside = np.maximum(highest - self._high, self._low - lowest)  # (n, nq + nv)
        self._tips[:, 0] = self._tips[:, -1]
        self._tips[:, 1:] = self._sites[:, :, self._tip]
        steps = self._tips[:, 1:] - self._tips[:, :-1]
        squares = np.einsum("nsk,nsk->ns", steps, steps)
        heights = (self._flat_sites @ self._normals).reshape(*states.shape[:2], -1)
        clearance = _over_time(np.minimum, heights) - self._offsets
        speed = np.sqrt(np.fmax.reduce(squares, axis=1)) / self._timestep
        outside[:, : self._nq].max(1, out=overshoot["joint_position"])
        outside[:, self._nq :].max(1, out=overshoot["joint_velocity"])
        np.subtract(speed, self._hand_speed, out=overshoot["hand_speed"])
        np.negative(clearance.min(1), out=overshoot["workspace"])


def _over_time(extreme: np.ufunc, values: Array) -> Array:
    """Reduce (n, substeps, k) to (n, k); halving first keeps NumPy's inner loops long."""
    while values.shape[1] % 2 == 0:
        half = values.shape[1] // 2
        values = extreme(values[:, :half], values[:, half:])
    return np.asarray(extreme.reduce(values, axis=1))


def _state_limits(model: mujoco.MjModel, arm: Arm) -> tuple[Array, Array]:
    """Limits of the state vector, infinite for what is not the arm's, (nq + nv,) each."""
    joints = [model.joint(name).id for name in arm.joints]
    high = np.full(model.nq + model.nv, np.inf)
    low = -high
    low[model.jnt_qposadr[joints]], high[model.jnt_qposadr[joints]] = model.jnt_range[joints].T
    speed = np.array(arm.limits.velocity_rad_s)
    velocities = model.nq + model.jnt_dofadr[joints]
    low[velocities], high[velocities] = -speed, speed
    return low, high
