"""The workcell of a described robot."""

import dataclasses
import functools

import numpy as np

from tasks.arm.described.description import Robot, Space
from tasks.arm.described.hand import Gripper
from tasks.arm.described.mounting import TIP, clearance_site, mounted
from tasks.arm.robot import Arm, HalfSpace, MotionLimits, box
from tasks.arm.workcell import GraspCell, Workcell
from tasks.described.attaching import PREFIX
from tasks.described.error import RobotError
from tasks.goals import PointView

FINE_M = 0.04
"""Length that is observed as 1 in fine views [m]: twice the tolerance of `reach`."""
UP = (0.0, 0.0, 1.0)


def cell_of(robot: Robot) -> Workcell:
    """What tasks take from a robot that is described."""
    space = robot.workspace
    low, high = np.array(space.goal_low_m), np.array(space.goal_high_m)
    middle = tuple(((low + high) / 2).tolist())
    return Workcell(
        arm=arm_of(robot),
        scene=functools.partial(mounted, robot),
        view=PointView(middle, float((high - low).max() / 2), FINE_M),
        touching=tuple(PREFIX + name for name in robot.touching),
        down=robot.down,
        goals=(space.goal_low_m, space.goal_high_m),
    )


def arm_of(robot: Robot) -> Arm:
    """The arm as action modes and the safety filter see it; its fingers do not move."""
    joints, space = robot.joint, robot.workspace
    heights = enumerate(robot.clearance)
    return Arm(
        joints=tuple(PREFIX + joint.name for joint in joints),
        fingers=(),
        finger_ends=(),
        finger_travel_m=0.0,
        tip=TIP,
        limits=MotionLimits(
            velocity_rad_s=tuple(joint.velocity_rad_s for joint in joints),
            acceleration_rad_s2=tuple(joint.acceleration_rad_s2 for joint in joints),
            jerk_rad_s3=tuple(joint.jerk_rad_s3 for joint in joints),
            torque_nm=tuple(joint.torque_nm for joint in joints),
            hand_speed_m_s=robot.hand_speed_m_s,
        ),
        workspace=(
            *box(TIP, space.low_m, space.high_m),
            *(HalfSpace(clearance_site(i), UP, point.height_m) for i, point in heights),
        ),
        finger_speed_m_s=0.0,
        finger_lead_m=0.0,
    )


FINGER_LEAD_M = 0.008
"""Farthest that the fingers' target may be ahead of them [m], as for our own arm."""


def grasp_cell_of(robot: Robot) -> GraspCell:
    """What `grasp` takes from a robot that is described.

    Raises:
        RobotError: it has no gripper.
    """
    gripper = robot.gripper
    if gripper is None:
        raise RobotError(
            f"{robot.name} has no gripper that was understood, which grasp needs; "
            "`robo-ddpg adopt` says why"
        )
    space, (least, greatest) = gripper.space, gripper.object_m
    low, high = np.array(space.goal_low_m), np.array(space.goal_high_m)
    middle = tuple(((low + high) / 2).tolist())
    return GraspCell(
        arm=_with_fingers(arm_of(gripping(robot, gripper)), gripper),
        scene=functools.partial(mounted, gripping(robot, gripper), grips=True),
        start_rad=space.home_rad,
        view=PointView(middle, float((high - low).max() / 2), FINE_M),
        half_m=((least + greatest) / 4, max((greatest - least) / 4, 1e-3)),
        settings={
            "yaw": False,
            "cube_m": gripper.object_m,
            "cube_low_m": space.objects_low_m,
            "cube_high_m": space.objects_high_m,
            "goal_low_m": space.goal_low_m,
            "goal_high_m": space.goal_high_m,
        }
        | ({} if space.step_m is None else {"step_m": space.step_m}),
    )


def gripping(robot: Robot, gripper: Gripper) -> Robot:
    """The robot as it grips: its tip between the pads, at home where objects are picked up."""
    space = gripper.space
    homes = zip(robot.joint, space.home_rad, strict=True)
    return dataclasses.replace(
        robot,
        down=True,
        tip=gripper.tip,
        workspace=Space(space.goal_low_m, space.goal_high_m, space.low_m, space.high_m),
        joint=tuple(dataclasses.replace(joint, home_rad=home) for joint, home in homes),
    )


def _with_fingers(arm: Arm, gripper: Gripper) -> Arm:
    return dataclasses.replace(
        arm,
        fingers=tuple(PREFIX + finger.joint for finger in gripper.finger),
        finger_ends=tuple((finger.closed, finger.open) for finger in gripper.finger),
        finger_travel_m=gripper.travel_m,
        finger_speed_m_s=gripper.speed_m_s,
        finger_lead_m=FINGER_LEAD_M,
        grip_shift=0.5 if len(gripper.finger) == 1 else 0.0,
    )
