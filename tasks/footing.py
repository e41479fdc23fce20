"""How feet touch the ground: how hard they press, how deep they sink, and whether they slip."""

from collections.abc import Iterable

import mujoco
import numpy as np

from tasks.arrays import Array

_DATA = mujoco.mjtConDataField
_TOLD = (_DATA.mjCONDATA_FORCE, _DATA.mjCONDATA_DIST, _DATA.mjCONDATA_LINVEL)
_LARGEST_FORCE = 2
_FORCE, _DISTANCE, _SIDEWAYS = 0, 3, np.array([5, 6])
"""Where a sensor tells the normal force [N], the distance [m] and the velocity along the ground
[m/s]; the first component of force and velocity is the normal one."""


def add_foot_sensors(scene: mujoco.MjSpec, feet: Iterable[str]) -> None:
    """Let each foot feel the ground where it presses hardest.

    Args:
        scene: the robot on the geom `floor`.
        feet: geoms that touch it.
    """
    fields = sum(1 << field.value for field in _TOLD)
    for geom in feet:
        scene.add_sensor(
            name=_sensor(geom),
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_GEOM,
            objname="floor",
            reftype=mujoco.mjtObj.mjOBJ_GEOM,
            refname=geom,
            intprm=[fields, _LARGEST_FORCE, 1],
        )


class Footing:
    """Reads the sensors of `add_foot_sensors`, f of them, as they were after each physics step."""

    def __init__(self, model: mujoco.MjModel, feet: Iterable[str], sensordata: Array) -> None:
        """Find the sensors.

        Args:
            model: the compiled scene.
            feet: geoms that touch the ground.
            sensordata: where their values of the last control step are, (n, substeps, sensors).
        """
        self._first = np.array([model.sensor(_sensor(geom)).adr[0] for geom in feet])
        self._sensordata = sensordata

    @property
    def force(self) -> Array:
        """Force that each foot bears [N], 0 in the air, (n, substeps, f)."""
        return np.abs(self._sensordata[:, :, self._first + _FORCE])

    @property
    def depth(self) -> Array:
        """How deep each foot is in the ground [m], 0 in the air, (n, substeps, f)."""
        return np.asarray(-self._sensordata[:, :, self._first + _DISTANCE])

    @property
    def slip(self) -> Array:
        """Speed of each foot along the ground [m/s], 0 in the air, (n, substeps, f)."""
        sideways = self._sensordata[:, :, self._first[:, None] + _SIDEWAYS]
        return np.asarray(np.linalg.norm(sideways, axis=3))

    def mean_slip(self) -> Array:
        """Speed of the feet along the ground, by the force that they bear [m/s], (n,)."""
        force, slip = (each.reshape(len(each), -1) for each in (self.force, self.slip))
        total = np.maximum(force.sum(1), np.finfo(float).tiny)
        return np.asarray((force * slip).sum(1) / total)


def _sensor(geom: str) -> str:
    return f"{geom}_on_ground"
