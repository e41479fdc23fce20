"""Checks the simulated arm against its limits at every physics step."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.arm.kinematics import as_slice
from robo_ddpg.control.interventions import VIOLATIONS
from tasks.arm.robot import Arm
from tasks.arrays import Array

RecordItem = str | int

_STATE = int(mujoco.mjtState.mjSTATE_QPOS | mujoco.mjtState.mjSTATE_QVEL)


class Monitor:
    """Records what the physics does within a control step, and how far it oversteps."""

    def __init__(self, model: mujoco.MjModel, nsim: int, arm: Arm, substeps: int) -> None:
        """Prepare the records.

        Args:
            model: model with the arm in it.
            nsim: number of simulations.
            arm: the arm and its limits.
            substeps: physics steps per control step.
        """
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
        self._record(model, nsim, substeps)

    def _record(self, model: mujoco.MjModel, nsim: int, substeps: int) -> None:
        """Make room for what is recorded after every physics step."""
        self.states = np.zeros((nsim, substeps, model.nq + model.nv))
        """Positions and velocities after each physics step, (n, substeps, nq + nv)."""
        self._sites = np.zeros((nsim, substeps, model.nsite, 3))
        self._flat_sites = self._sites.reshape(nsim * substeps, -1)
        self._tips = np.full((nsim, substeps + 1, 3), np.nan)
        self._servo = np.zeros((nsim, substeps, model.nu))
        self._gravity = np.zeros((nsim, substeps, model.nv))
        self.records: dict[RecordItem, Any] = {
            _STATE: self.states,
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

    def overshoot(self) -> Array:
        """How far each limit was overstepped, negative where it was kept, (violations, n)."""
        highest, lowest = _over_time(np.maximum, self.states), _over_time(np.minimum, self.states)
        outside = np.maximum(highest - self._high, self._low - lowest)  # (n, nq + nv)
        self._tips[:, 0] = self._tips[:, -1]
        self._tips[:, 1:] = self._sites[:, :, self._tip]
        steps = self._tips[:, 1:] - self._tips[:, :-1]
        squares = np.einsum("nsk,nsk->ns", steps, steps)
        heights = (self._flat_sites @ self._normals).reshape(*self.states.shape[:2], -1)
        clearance = _over_time(np.minimum, heights) - self._offsets
        out = np.empty((len(VIOLATIONS), len(outside)))
        outside[:, : self._nq].max(1, out=out[0])
        outside[:, self._nq :].max(1, out=out[1])
        out[2] = np.sqrt(np.fmax.reduce(squares, axis=1)) / self._timestep - self._hand_speed
        out[3] = -clearance.min(1)
        return out


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
