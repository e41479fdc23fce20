"""What is measured of an episode besides its return: how soon, how long, how smooth, how costly."""

from typing import Any

import mujoco
import numpy as np

from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.evaluation.gait_metrics import GaitMetrics
from robo_ddpg.model_fields import model_values
from tasks.arrays import Array, Mask
from tasks.quantities import Measure

EPISODE_METRICS = {
    "time_to_success_s": Measure("time to success", "s"),
    "hold_s": Measure("success held", "s"),
    "jerk_rms_rad_s3": Measure("jerk (rms)", "rad/s³"),
    "energy_j": Measure("energy", "J"),
}
"""Seconds until first solved; seconds solved without a break up to the end; root mean square of the
commanded joints' jerk, where positions are commanded; work of the actuators, where they drive
joints, counted positive whether they drive or brake."""


class EpisodeMetrics:
    """Adds up the metrics of one episode in each of n simulations; NaN where there is none."""

    def __init__(self, simulation: Simulation | None, n: int) -> None:
        """Look at simulations that have just been reset.

        Args:
            simulation: the physics; without it, nothing can be measured.
            n: number of simulations.
        """
        self._simulation = simulation
        self._steps = np.zeros(n)
        self._first = np.full(n, np.nan)
        self._held = np.zeros(n)
        self._jerk = np.zeros(n)
        self._work = np.zeros(n)
        self._gait: GaitMetrics | None = None
        self.success_at_reset: Mask | None = None
        """Whether an episode was solved before its first action, (n,); None if not measured."""
        if simulation is not None:
            self._period = 1.0 / simulation.task.settings.control_hz
            self.success_at_reset = np.array(simulation.task.success())
            velocity = simulation.drive.planned_velocity
            self._velocity = None if velocity is None else [velocity.copy(), velocity.copy()]
            self._actuators = Actuators(simulation) if at_joints(simulation) else None
            if footing := simulation.task.footing:
                self._gait = GaitMetrics(simulation, footing)

    def add(self, running: Mask, info: dict[str, Any]) -> None:
        """Add one control step.

        Args:
            running: simulations whose episode still counts, (n,).
            info: what the step reported.
        """
        if self._simulation is None:
            return
        self._steps += running
        success = np.asarray(info["is_success"], bool)
        solved_now = running & success & np.isnan(self._first)
        self._first[solved_now] = self._steps[solved_now] * self._period
        self._held[running] = np.where(success, self._held + self._period, 0.0)[running]
        self._add_jerk(running)
        self._add_work(running)
        if self._gait:
            self._gait.add(running)

    def result(self) -> dict[str, Array]:
        """The metrics, (n,) each, NaN where nothing was measured."""
        if self._simulation is None:
            return {name: np.full(len(self._steps), np.nan) for name in EPISODE_METRICS}
        steps = np.maximum(self._steps, 1.0)
        values = (self._first, self._held, np.sqrt(self._jerk / steps), self._work)
        found = dict(zip(EPISODE_METRICS, (value.copy() for value in values), strict=True))
        return found | (self._gait.result(self._work) if self._gait else {})

    def _add_work(self, running: Mask) -> None:
        if self._actuators is None:
            self._work[:] = np.nan
            return
        power = self._actuators.power()
        self._work[running] += power[running] * self._period

    def _add_jerk(self, running: Mask) -> None:
        velocity = self._simulation.drive.planned_velocity if self._simulation else None
        if velocity is None or self._velocity is None:
            self._jerk[:] = np.nan
            return
        change = velocity - 2.0 * self._velocity[1] + self._velocity[0]
        self._velocity = [self._velocity[1], velocity.copy()]
        jerk = np.square(change / self._period**2).mean(1)
        self._jerk[running] += jerk[running]


def at_joints(simulation: Simulation) -> bool:
    """Whether all actuators drive joints: what rotors take is not the work they do."""
    kinds = simulation.task.model.actuator_trntype
    return bool(np.isin(kinds, [mujoco.mjtTrn.mjTRN_JOINT]).all())


class Actuators:
    """The power of the actuators, from their law of force.

    The batch does not keep `qfrc_actuator`: its forward pass ends before the forces.
    """

    def __init__(self, simulation: Simulation) -> None:
        """Read the law: gain times command plus bias, plus the arm's own weight, in the limits.

        Args:
            simulation: the simulations.
        """
        model, batch = simulation.task.model, simulation.batch
        joints = model.actuator_trnid[:, 0]
        self._controls = simulation.controls
        self._position = batch.bind("qpos")
        self._velocity = batch.bind("qvel")
        self._gravity = batch.bind("qfrc_gravcomp")
        self._carries = model.jnt_actgravcomp[joints]
        self._qpos, self._dof = model.jnt_qposadr[joints], model.jnt_dofadr[joints]
        self._gear = model.actuator_gear[:, 0]
        self._limited = model.actuator_forcelimited.astype(bool)
        joint_limited = model.jnt_actfrclimited[joints].astype(bool)
        self._most = np.where(joint_limited, model.jnt_actfrcrange[joints, 1], np.inf)
        self._batch = batch

    def power(self) -> Array:
        """Sum of the absolute powers [W], (n,)."""
        joint_speed = self._velocity[:, self._dof]
        speed = self._gear * joint_speed
        gain = model_values(self._batch, "actuator_gainprm")[..., 0]
        bias = model_values(self._batch, "actuator_biasprm")
        force = gain * self._controls[:, -1] + bias[..., 0]
        force = force + bias[..., 1] * self._gear * self._position[:, self._qpos]
        force = force + bias[..., 2] * speed
        low, high = np.moveaxis(model_values(self._batch, "actuator_forcerange"), -1, 0)
        force = np.where(self._limited, np.clip(force, low, high), force)
        torque = self._gear * force + self._carries * self._gravity[:, self._dof]
        torque = np.clip(torque, -self._most, self._most)
        return np.asarray(np.abs(torque * joint_speed).sum(1))
