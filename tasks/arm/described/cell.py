"""The workcell of a described robot."""

import functools

import numpy as np

from tasks.arm.described.description import Robot
from tasks.arm.described.mounting import PREFIX, TIP, clearance_site, mounted
from tasks.arm.robot import Arm, HalfSpace, MotionLimits, box
from tasks.arm.workcell import Workcell
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
