"""What tasks of a robot arm have in common: the arm, and what an action means to it."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

from tasks.arm.robot import Arm
from tasks.task import Task, TaskSettings


@dataclass(frozen=True)
class EndEffectorMotion:
    """The action moves the fingertips: a displacement per control step."""

    step_m: float
    """Displacement of the fingertips per control step at full action [m]."""
    yaw_step_rad: float = 0.0
    """Turn of the hand about the vertical per control step at full action [rad]; 0: no yaw."""
    down: bool = True
    """Whether the hand keeps pointing down; otherwise it points where the home posture has it, as
    far as that leaves the fingertips where they should be. Only a hand that points down can yaw."""
    gripper: bool = False
    """Whether a last component says how far the fingers open: +1 open, -1 closed."""


@dataclass(frozen=True)
class JointMotion:
    """The action moves the joints: a displacement of each joint per control step."""

    step_rad: float
    """Displacement of a joint per control step at full action [rad]."""
    gripper: bool = False
    """Whether a last component says how far the fingers open: +1 open, -1 closed."""


ActionMode = EndEffectorMotion | JointMotion


@dataclass(frozen=True)
class ArmSettings(TaskSettings):
    """Settings that every task of an arm has."""

    action: Literal["end-effector", "joint"] = "end-effector"
    """Whether actions move the fingertips or the joints."""
    step_m: float = 0.015
    """End-effector actions: displacement per control step at full action [m]; what the arm can
    follow within its limits is learned as fast as if it had none."""
    step_rad: float = 0.05
    """Joint actions: displacement per control step at full action [rad]."""
    observed_actions: int = 3
    """How many of the last actions are observed, the latest first: all that can be on their way
    where actions arrive up to 0.1 s late."""

    def __post_init__(self) -> None:
        """Check what `TaskSettings` checks, and the actions."""
        super().__post_init__()
        if self.action not in ("end-effector", "joint"):
            raise ValueError(f"action must be 'end-effector' or 'joint', got {self.action!r}")
        for name in ("step_m", "step_rad"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)}")


class ArmTask(Task):
    """A task for a robot arm with a gripper."""

    drive = "robo_ddpg.control.arm.drive:ArmDrive"
    arm: Arm
    """The robot."""

    action_settings = ("action", "step_m", "step_rad")

    settings: ArmSettings

    @property
    def action(self) -> ActionMode:
        """What the agent's action means."""
        if self.settings.action == "joint":
            return JointMotion(self.settings.step_rad)
        return EndEffectorMotion(self.settings.step_m)

    def about_robot(self) -> dict[str, Any]:
        """Joints, limits and workspace of the arm."""
        return dataclasses.asdict(self.arm)

    @property
    def traced(self) -> tuple[str, ...]:
        """The fingertips."""
        return (self.arm.tip,)

    @property
    def push_body(self) -> str:
        """The hand."""
        return str(self.model.body(self.model.site(self.arm.tip).bodyid[0]).name)
