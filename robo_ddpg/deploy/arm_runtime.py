"""Running a policy on a real arm: from measurements to set-points within the robot's limits."""

import numpy as np

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.deploy.messages import Measurement, Setpoints
from robo_ddpg.deploy.robot_state import RobotState
from robo_ddpg.deploy.start_check import check_model, check_start
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import ControllerError, DeploymentError
from tasks.arm.task import ArmTask
from tasks.arrays import Array
from tasks.task import VARIED

LOST_RAD = 0.2
"""Farthest that a joint may be from where it should be by now [rad]: about what it moves in a
control period at full speed, which is what a measurement may be late by."""
_ONE = np.arange(1)


class ArmRuntime:
    """A policy, the robot it was trained on, and the safety filter, without physics and PyTorch.

    Every control period (`period_s`), call `step` with the latest measurement, or with None where
    there is none that is new: the arm is braked then, within its limits. Between two calls the
    robot's own controller follows the set-points; where no new ones come in time, because this
    program died, it has to stop the robot by itself.
    """

    def __init__(self, controller: AnyController) -> None:
        """Build what the policy was trained with, but for what varied: that the robot itself does.

        Args:
            controller: as `Controller.find` takes it; of a task of an arm.

        Raises:
            ControllerError: there is none, it is not for an arm, or it was trained with another
                model than is here now.
        """
        self.controller = Controller.find(controller)
        trained = self.controller.task
        task = make_task_of({**trained, "settings": trained["settings"] | dict.fromkeys(VARIED, 0)})
        if not isinstance(task, ArmTask):
            raise ControllerError(f"{task.name} is no task of an arm, which this is for")
        check_model(self.controller, task)
        self.task = task
        """What it was trained for; what it has to know of the world besides, such as the size of an
        object, is told to it."""
        self.arm, self.model = task.arm, task.model
        self._simulation = Simulation(task, 1, threads=1)
        self._drive = as_arm(self._simulation.drive)
        self._state = RobotState(self._simulation, self.arm)
        self._stopped = "it was not started"
        steps = np.arange(1.0, task.substeps + 1)
        self._time_s: Array = steps * task.settings.timestep_s
        self.period_s = 1.0 / task.settings.control_hz
        """Time between two calls of `step` [s]."""

    def start(self, measurement: Measurement) -> None:
        """Begin where the arm stands, or begin anew after a stop.

        Raises:
            DeploymentError: it moves, is near or beyond a limit, or is asked for something that the
                policy does not know.
            ValueError: the measurement has another shape.
        """
        self._stopped = "it was not started"
        if not self._state.write(measurement):
            raise DeploymentError("the arm is not started: the measurement is not finite")
        self._simulation.batch.forward()
        check_start(self._simulation, self.arm, self._state)
        self._simulation.start(_ONE)
        self._stopped = ""

    def step(self, measurement: Measurement | None) -> Setpoints:
        """What the arm shall do for the next period.

        Args:
            measurement: the latest one; None if it is missing or too old.

        Raises:
            ValueError: the measurement has another shape.
        """
        missing = self._missing(measurement)
        if self._stopped or missing:
            self._simulation.interventions.begin()
            self._drive.brake(self._simulation.interventions)
            return self._setpoints(self._stopped or missing)
        self._simulation.command(self.controller.act(self._simulation.measured()))
        return self._setpoints("")

    @property
    def standing(self) -> bool:
        """Whether the arm has come to a stop."""
        return not self._drive.motion.velocity.any()

    def _missing(self, measurement: Measurement | None) -> str:
        """Why the policy cannot act now, in words."""
        if measurement is None:
            return "there is no measurement"
        if not self._state.write(measurement):
            return "the measurement is not finite"
        lost = np.abs(self._state.position - self._drive.motion.position[0])
        if lost.max() > LOST_RAD and not self._stopped:
            joint = self.arm.joints[int(lost.argmax())]
            self._stopped = f"{joint} is {lost.max():.2f} rad from where it should be; start anew"
        return ""

    def _setpoints(self, braking: str) -> Setpoints:
        motion, altered = self._drive.motion, self._simulation.interventions.altered
        return Setpoints(
            time_s=self._time_s,
            position=motion.setpoints[0].copy(),
            velocity=motion.speeds[0].copy(),
            opening=self._fingers(),
            interventions={reason: float(size[0]) for reason, size in altered.items() if size[0]},
            braking=braking,
        )

    def _fingers(self) -> Array:
        return np.array(self._drive.controls[0][:, self._drive.finger_actuators])
