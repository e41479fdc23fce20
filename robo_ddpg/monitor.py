"""Checks the simulated arm against its limits at every physics step."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.ledger import VIOLATIONS
from tasks.robots import Arm

Array = NDArray[np.float64]
RecordItem = str | int

_STATE = int(mujoco.mjtState.mjSTATE_QPOS | mujoco.mjtState.mjSTATE_QVEL)


class Monitor:
    """Records what the physics does within a control step, and how far it oversteps."""

    fields = (_STATE, "site_xpos")
    """What is recorded of the simulation after every physics step."""

    def __init__(self, model: mujoco.MjModel, nsim: int, arm: Arm, substeps: int) -> None:
        """Prepare the records.

        Args:
            model: model with the arm in it.
            nsim: number of simulations.
            arm: the arm and its limits.
            substeps: physics steps per control step, of which the last is left out.
        """
        joints = [model.joint(name).id for name in arm.joints]
        low, high = model.jnt_range[joints].T
        speed = np.array(arm.limits.velocity_rad_s)
        self._columns = np.concatenate(
            [model.jnt_qposadr[joints], model.nq + model.jnt_dofadr[joints]]
        )
        self._middle = np.concatenate([(low + high) / 2, 0.0 * speed])
        self._half = np.concatenate([(high - low) / 2, speed])
        self._joints = len(joints)
        self._tip = model.site(arm.tip).id
        self._hand_step = arm.limits.hand_speed_m_s * model.opt.timestep
        self._timestep = model.opt.timestep
        planes = [plane for plane in arm.workspace if plane.site == arm.tip]
        self._normals = np.array([plane.normal for plane in planes]).T
        self._offsets = np.array([plane.offset_m for plane in planes])
        self.states = np.zeros((nsim, substeps - 1, model.nq + model.nv))
        """Positions and velocities after each physics step."""
        sites = np.zeros((nsim, substeps - 1, model.nsite, 3))
        self.records: dict[RecordItem, Any] = {_STATE: self.states, "site_xpos": sites}

    def overshoot(self) -> Array:
        """How far each limit was overstepped, negative where it was kept, (n, violations)."""
        state = self.states[:, :, self._columns]
        tip = self.records["site_xpos"][:, :, self._tip]
        out = np.empty((len(tip), len(VIOLATIONS)))
        outside = np.abs(state - self._middle).max(1) - self._half  # (n, 2 j)
        out[:, 0] = outside[:, : self._joints].max(1)
        out[:, 1] = outside[:, self._joints :].max(1)
        step = np.sqrt(np.square(tip[:, 1:] - tip[:, :-1]).sum(2).max(1))
        out[:, 2] = (step - self._hand_step) / self._timestep
        out[:, 3] = (self._offsets - (tip @ self._normals).min(1)).max(1)
        return out
