"""Giving a described robot at the table its gripper: fingers that are driven, and pads."""

import mujoco
import numpy as np

from tasks.arm.described.hand import Finger, Gripper, Link

TIE_S = 0.005
"""Time constant of the ties between the joints of one side [s]."""
ROTOR_KG = 0.05
"""What a pad seems to weigh more, for its motor has inertia too [kg]."""
LINK_ARMATURE = 1e-4
"""Armature of joints that are taken along [kg or kg m^2]."""
GROUP = 3
"""Of geoms that are not drawn."""


def add_gripper(scene: mujoco.MjSpec, gripper: Gripper, prefix: str) -> None:
    """Drive the fingers, tie what they take along, and add what objects can touch.

    Args:
        scene: a scene with the robot in it.
        gripper: the robot's.
        prefix: before the names of all elements of the robot.
    """
    for name in gripper.joints:
        joint = scene.joint(prefix + name)
        joint.limited = mujoco.mjtLimited.mjLIMITED_FALSE
        joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
        joint.frictionloss, joint.damping, joint.stiffness = 0.0, [0.0] * 3, [0.0] * 3
        joint.armature = LINK_ARMATURE
    for finger in gripper.finger:
        _drive(scene, gripper, finger, prefix)
    for link in gripper.link:
        _tie(scene, link, prefix)
    for shape in gripper.shape:
        scene.body(prefix + shape.body).add_geom(
            name=f"{shape.name}_collision",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=shape.position_m,
            quat=shape.quaternion,
            size=shape.half_m,
            mass=0.0,
            material="",  # that of the robot's defaults has another name here
            group=GROUP,
            contype=0,
            conaffinity=0,
        )


def open_positions(scene: mujoco.MjSpec, gripper: Gripper, prefix: str) -> dict[str, float]:
    """Where the joints are when it is open, by their names in the scene [m or rad]."""
    found = {prefix + finger.joint: finger.open for finger in gripper.finger}
    for link in gripper.link:
        joint, leader = scene.joint(prefix + link.joint), scene.joint(prefix + link.follows)
        way = found[leader.name] - leader.ref
        found[joint.name] = joint.ref + float(np.polynomial.Polynomial(link.curve)(way))
    return found


def _drive(scene: mujoco.MjSpec, gripper: Gripper, finger: Finger, prefix: str) -> None:
    """Servo, stiff and strong as the description has it at the pad."""
    name = prefix + finger.joint
    per_m = (finger.open - finger.closed) / gripper.travel_m
    scene.joint(name).armature = ROTOR_KG / per_m**2
    servo = scene.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    servo.set_to_position(kp=gripper.stiffness_n_m / per_m**2, kv=gripper.damping_n_s_m / per_m**2)
    most = gripper.force_n / abs(per_m)
    servo.forcerange, servo.forcelimited = (-most, most), mujoco.mjtLimited.mjLIMITED_TRUE


def _tie(scene: mujoco.MjSpec, link: Link, prefix: str) -> None:
    tie = scene.add_equality(
        type=mujoco.mjtEq.mjEQ_JOINT,
        objtype=mujoco.mjtObj.mjOBJ_JOINT,
        name1=prefix + link.joint,
        name2=prefix + link.follows,
        solref=[TIE_S, 1.0],
    )
    tie.data[: len(link.curve)] = link.curve
