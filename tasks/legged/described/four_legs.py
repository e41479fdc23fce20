"""A described robot, as its task and the safety filter see it."""

import functools
import math

from tasks.described.attaching import PREFIX
from tasks.legged.described.description import Robot
from tasks.legged.described.mounting import foot_site, on_ground
from tasks.legged.four_legs import FourLegs
from tasks.legged.gait import Steps
from tasks.legged.robot import LeggedRobot

PHASES = {"FL": 0.0, "FR": math.pi, "RL": math.pi, "RR": 0.0}
"""Diagonal legs step together."""


def four_legs_of(robot: Robot) -> FourLegs:
    """What the task takes from a robot that is described."""
    return FourLegs(
        robot=legged_of(robot),
        scene=functools.partial(on_ground, robot),
        steps=Steps(
            phases=tuple(PHASES[leg.name] for leg in robot.leg),
            lift_rad=tuple(joint.lift_rad for joint in robot.joint),
            period_s=robot.period_s,
        ),
        action_rad=tuple(joint.action_rad for joint in robot.joint),
        lowest_m=robot.lowest_m,
        leg_m=robot.leg_m,
        settings={
            "forward_m_s": robot.forward_m_s,
            "sideways_m_s": robot.sideways_m_s,
            "turn_rad_s": robot.turn_rad_s,
            "random_push_n": robot.push_n,
        },
    )


def legged_of(robot: Robot) -> LeggedRobot:
    """Names and limits, under the names that they have in our scene."""
    speeds = tuple(joint.velocity_rad_s for joint in robot.joint)
    return LeggedRobot(
        name=robot.name,
        torso=PREFIX + robot.torso,
        joints=tuple(PREFIX + joint.name for joint in robot.joint),
        kind="position",
        torque_nm=tuple(joint.torque_nm for joint in robot.joint),
        velocity_rad_s=speeds,
        # A target need not move faster than its joint can.
        command_rate=speeds,
        feet=tuple(foot_site(leg) for leg in robot.leg),
        mass_kg=robot.mass_kg,
        planar=False,
    )
