"""Whether a policy may begin where a robot stands."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from robo_ddpg.control.braking import JointBounds
from robo_ddpg.controller import Controller
from robo_ddpg.deploy.robot_state import RobotState
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import ControllerError, DeploymentError
from robo_ddpg.model_fields import model_hash
from tasks.arm.robot import Arm
from tasks.task import Task

MOVING_RAD_S = 0.05
"""Joint speed from which an arm counts as moving [rad/s]."""


def check_model(controller: Controller, task: Task) -> None:
    """Refuse a policy that was trained with another model than the one that is here.

    Raises:
        ControllerError: it was.
    """
    trained, here = controller.task.get("model_hash"), model_hash(task.model)
    if trained != here:
        raise ControllerError(
            f"{controller.path or 'this controller'} was trained with another model of the robot "
            f"(hash {trained!s:.12}, here {here:.12}); train it again"
        )


def check_start(simulation: Simulation, arm: Arm, state: RobotState) -> None:
    """Refuse to begin where the policy or the safety filter knows nothing.

    Raises:
        DeploymentError: the arm moves, it is beyond its limits, or the goal is where none was in
            training.
    """
    problems = [*_joints(simulation, arm, state), *_space(simulation, arm), *_goal(simulation)]
    if problems:
        raise DeploymentError(f"the arm is not started: {'; '.join(problems)}")


def _joints(simulation: Simulation, arm: Arm, state: RobotState) -> Iterator[str]:
    model = simulation.task.model
    bounds = JointBounds.of(arm.limits, model.jnt_range[[model.joint(j).id for j in arm.joints]])
    rows = zip(arm.joints, state.position, state.velocity, bounds.low, bounds.high, strict=True)
    for name, position, velocity, low, high in rows:
        if not low <= position <= high:
            yield f"{name} is at {position:.3f} rad, beyond {low:.3f} to {high:.3f}"
        if abs(velocity) > MOVING_RAD_S:
            yield f"{name} moves at {velocity:.2f} rad/s"


def _space(simulation: Simulation, arm: Arm) -> Iterator[str]:
    sites = simulation.batch.bind("site_xpos")[0]
    for plane in arm.workspace:
        inside = np.dot(plane.normal, sites[simulation.task.model.site(plane.site).id])
        if inside < plane.offset_m + arm.limits.workspace_margin_m:
            yield f"{plane.site} is {plane.offset_m - inside:.3f} m outside of the workspace"


def _goal(simulation: Simulation) -> Iterator[str]:
    settings: Any = simulation.task.settings
    low, high = getattr(settings, "goal_low_m", None), getattr(settings, "goal_high_m", None)
    if low is not None and simulation.task.model.nmocap:
        goal = simulation.batch.bind("mocap_pos")[0, 0]
        if not (np.all(goal >= low) and np.all(goal <= high)):
            yield f"the goal {np.round(goal, 3).tolist()} is outside of {low} to {high} m"
