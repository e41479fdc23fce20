"""The gripper of a robot by itself: its hand does not move, its drives are slow, its ties kept."""

from typing import Any

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import HINGE, SLIDE, joints_of, path_to
from tasks.described.loading import Opened

STEP_S = 0.001
"""Time step [s]."""
SERVO = {HINGE: (20.0, 0.01), SLIDE: (20_000.0, 1.0)}
"""Gain and armature by which the drives are moved for this."""
LOOSE = {HINGE: (0.01, 0.001), SLIDE: (10.0, 0.1)}
"""Damping and armature of what follows them."""
DRAWN = 3
"""Groups below are what MuJoCo draws: the shapes of fingers, rather than what stands for them."""
SEEN, UNSEEN = 0, 5
"""Groups of shapes that move, and of the others."""
_TIE = int(mujoco.mjtEq.mjEQ_JOINT)
_RIGID = (int(mujoco.mjtEq.mjEQ_CONNECT), int(mujoco.mjtEq.mjEQ_WELD))


def gripper_alone(opened: Opened, hand: set[int], joints: list[int], drives: list[int]) -> Any:
    """A model in which nothing but the gripper moves, driven slowly and without contacts.

    Args:
        opened: the robot.
        hand: the bodies of its hand.
        joints: the gripper's.
        drives: those that are driven.
    """
    own, spec = opened.model, opened.spec.copy()
    names = {own.joint(joint).name for joint in joints}
    for index, tie in enumerate(list(spec.equalities)):
        if not _within(own, index, hand, set(joints)):
            spec.delete(tie)
    for kind in ("keys", "sensors", "actuators", "tendons", "pairs", "excludes"):
        for element in list(getattr(spec, kind)):
            spec.delete(element)
    for joint in list(spec.joints):
        if joint.name not in names:
            spec.delete(joint)
    for joint in spec.joints:
        damping, joint.armature = LOOSE[int(joint.type)]
        joint.frictionloss, joint.damping = 0.0, [damping] * 3
    for drive in drives:
        _servo(spec, spec.joint(own.joint(drive).name))
    mine = [geom for geom in spec.geoms if _faces(own, geom.parent.name, hand, joints)]
    drawn = [geom for geom in mine if geom.group < DRAWN]
    for geom in spec.geoms:
        geom.group = SEEN if geom in (drawn or mine) else UNSEEN
    spec.option.gravity, spec.option.timestep = [0.0] * 3, STEP_S
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT.value
    return spec.compile()


def _servo(spec: mujoco.MjSpec, joint: mujoco.MjsJoint) -> None:
    gain, joint.armature = SERVO[int(joint.type)]
    servo = spec.add_actuator(name=joint.name, target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    servo.set_to_position(kp=gain, kv=2.0 * float(np.sqrt(gain * joint.armature)))
    joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE


def _within(own: mujoco.MjModel, tie: int, hand: set[int], joints: set[int]) -> bool:
    """Whether a tie is between parts of the gripper."""
    ends = {int(own.eq_obj1id[tie]), int(own.eq_obj2id[tie])}
    if own.eq_type[tie] == _TIE:
        return ends <= joints
    if own.eq_type[tie] not in _RIGID:
        return False
    if own.eq_objtype[tie] == int(mujoco.mjtObj.mjOBJ_SITE):
        ends = {int(own.site_bodyid[site]) for site in ends}
    return ends <= hand


def _faces(own: mujoco.MjModel, name: str, hand: set[int], joints: list[int]) -> bool:
    """Whether a body is moved by one of these joints, or a part of the hand that one closes on."""
    body = own.body(name).id
    moved = any(set(joints) & set(joints_of(own, each)) for each in path_to(own, body))
    return moved or (len(joints) == 1 and body in hand)
