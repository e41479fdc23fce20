"""What was measured, written to where a simulation would have it."""

from collections.abc import Iterator
from typing import Any

import mujoco
import numpy as np
from numpy.typing import ArrayLike

from robo_ddpg.deploy.messages import Measurement
from robo_ddpg.envs.simulation import Simulation
from tasks.arm.robot import Arm
from tasks.arrays import Array, as_slice

SENSORS = "sensordata"
"""Name of what the model's sensors would show."""

Place = tuple[Array, Any, tuple[int, ...]]
"""A view, which of its elements, and the shape of what is measured of them."""


class RobotState:
    """Views of one simulation that measurements go to."""

    def __init__(self, simulation: Simulation, arm: Arm) -> None:
        self._model, batch = simulation.task.model, simulation.batch
        self._qpos, self._qvel = batch.bind("qpos")[0], batch.bind("qvel")[0]
        self._mocap = batch.bind("mocap_pos")[0] if self._model.nmocap else np.zeros((0, 3))
        self._records = simulation.task.records
        joints = [self._model.joint(name) for name in arm.joints]
        fingers = [self._model.joint(name) for name in arm.fingers]
        self._positions = as_slice(np.array([joint.qposadr[0] for joint in joints], int))
        self._velocities = as_slice(np.array([joint.dofadr[0] for joint in joints], int))
        self._arm = _place(self._qpos, self._positions), _place(self._qvel, self._velocities)
        opening = as_slice(np.array([finger.qposadr[0] for finger in fingers], int))
        self._fingers = _place(self._qpos, opening)
        self._world: dict[str, Place] = {}

    @property
    def position(self) -> Array:
        """Joint positions [rad], (j,)."""
        return np.array(self._qpos[self._positions])

    @property
    def velocity(self) -> Array:
        """Joint velocities [rad/s], (j,)."""
        return np.array(self._qvel[self._velocities])

    def write(self, measurement: Measurement) -> bool:
        """Take a measurement.

        Returns:
            Whether it was finite; nothing is taken otherwise.

        Raises:
            ValueError: a part has another shape, or the scene has nothing of that name.
        """
        parts = list(self._parts(measurement))
        if not np.isfinite(np.concatenate([values for _, values in parts])).all():
            return False
        for (view, ids, _), values in parts:
            view[ids] = values
        return True

    def _parts(self, measurement: Measurement) -> Iterator[tuple[Place, Array]]:
        joints, speeds = self._arm
        yield joints, _fitting("position", measurement.position, joints)
        yield speeds, _fitting("velocity", measurement.velocity, speeds)
        if np.size(measurement.opening):
            yield self._fingers, _fitting("opening", measurement.opening, self._fingers)
        for name, values in measurement.world.items():
            if name not in self._world:
                self._world[name] = _place(*self._found(name))
            yield self._world[name], _fitting(name, values, self._world[name])

    def _found(self, name: str) -> tuple[Array, Any]:
        """Where something of the world is written to."""
        if name == SENSORS and SENSORS in self._records:
            return self._records[SENSORS][0], slice(None)
        body = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_BODY, name)
        if body >= 0 and self._model.body_mocapid[body] >= 0:
            return self._mocap, int(self._model.body_mocapid[body])
        joint = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_JOINT, name)
        if joint >= 0 and self._model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE:
            first = self._model.jnt_qposadr[joint]
            return self._qpos, slice(first, first + 7)
        raise ValueError(f"the scene has nothing called {name!r} that could be measured")


def _place(view: Array, ids: Any) -> Place:
    """Values of sensors count for a whole period, so that only their last dimension is measured."""
    return view, ids, view[ids].shape[-1:]


def _fitting(name: str, given: ArrayLike, place: Place) -> Array:
    values = np.asarray(given, np.float64)
    if values.shape != place[2]:
        raise ValueError(f"{name} must have shape {place[2]}, got {values.shape}")
    return values
