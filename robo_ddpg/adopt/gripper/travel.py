"""How the joints of a gripper move together: from closed to open, as its own file ties them."""

import itertools
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import HINGE, SLIDE, Chain, below, joints_of, path_to
from tasks.arrays import Array
from tasks.described.loading import Opened

SAMPLES = 9
"""Positions from closed to open at which all joints are looked at."""
SETTLE_S, STEP_S = 1.5, 0.001
"""Time that the joints are given at each [s], and the time step [s]."""
SERVO = {HINGE: (20.0, 0.01), SLIDE: (20_000.0, 1.0)}
"""Gain and armature by which the drives are moved for this."""
LOOSE = {HINGE: (0.01, 0.001), SLIDE: (10.0, 0.1)}
"""Damping and armature of what follows them."""
DRAWN = 3
"""Groups below are what MuJoCo draws: the shapes of fingers, rather than what stands for them."""
SEEN, UNSEEN = 0, 5
"""Groups of shapes that move, and of the others."""
LEAST_M = 0.004
"""Grippers open by more than this [m]."""
_JOINT, _TENDON = int(mujoco.mjtTrn.mjTRN_JOINT), int(mujoco.mjtTrn.mjTRN_TENDON)
_TIE = int(mujoco.mjtEq.mjEQ_JOINT)
_RIGID = (int(mujoco.mjtEq.mjEQ_CONNECT), int(mujoco.mjtEq.mjEQ_WELD))


class NoGripperError(Exception):
    """What hangs from the hand is no gripper of two fingers; the message says why."""


@dataclass(frozen=True)
class Travel:
    """A gripper by itself, on a hand that stays still, from closed to open."""

    model: mujoco.MjModel
    """Nothing in it moves but the gripper."""
    qpos: Array
    """Its positions from closed to open, (SAMPLES, nq)."""
    drives: tuple[str, ...]
    """The joints that the file drives."""
    actuators: tuple[str, ...]
    """What drives them in the file; empty if it does not say."""
    moving: tuple[int, ...]
    """The bodies that move."""

    def at(self, sample: int) -> mujoco.MjData:
        """The kinematics of a sample."""
        data = mujoco.MjData(self.model)
        data.qpos[:] = self.qpos[sample]
        mujoco.mj_kinematics(self.model, data)
        return data


def find_travel(opened: Opened, chain: Chain, out: Array) -> Travel:
    """Move the gripper of an arm from end to end.

    Args:
        opened: the robot.
        chain: the arm in it.
        out: which way points out of the hand, in the world, (3,).

    Raises:
        NoGripperError: there is none of two fingers.
    """
    own = opened.model
    hand = list(below(own, int(own.jnt_bodyid[chain.joints[-1]])))
    joints = [j for body in hand for j in joints_of(own, body) if j not in chain.joints]
    if len(joints) < 2:
        raise NoGripperError("one joint" if joints else "nothing") from None
    if any(
        own.jnt_type[joint] not in (HINGE, SLIDE) or not own.jnt_limited[joint] for joint in joints
    ):
        raise NoGripperError("a joint that is no hinge or slide, or has no range")
    drives, actuators = _drives(own, joints)
    if not 1 <= len(drives) <= 2:
        raise NoGripperError(f"{len(drives)} joints that are driven, as of a hand")
    model = _alone(opened, set(hand), joints, drives)
    moving = tuple(b for b in range(1, model.nbody) if model.body_jntnum[path_to(model, b)].any())
    ends = np.array([own.jnt_range[joint] for joint in drives])
    corners = np.array(list(itertools.product(*ends)))
    spreads = [_spread(model, _settled(model, corner), moving, out) for corner in corners]
    closed, open_ = corners[int(np.argmin(spreads))], corners[int(np.argmax(spreads))]
    if max(spreads) - min(spreads) < LEAST_M:
        raise NoGripperError("joints that do not open and close it")
    shares = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    qpos = np.array([_settled(model, drive) for drive in closed + shares * (open_ - closed)])
    names = tuple(own.joint(joint).name for joint in drives)
    return Travel(model, qpos, names, actuators, moving)


def _drives(own: mujoco.MjModel, joints: list[int]) -> tuple[list[int], tuple[str, ...]]:
    """The joints that actuators drive, or else those that follow no other, and the actuators."""
    driven: dict[int, str] = {}
    for actuator in range(own.nu):
        for joint in _driven_by(own, actuator):
            if joint in joints:
                driven[joint] = own.actuator(actuator).name
    if driven:
        return sorted(driven), tuple(dict.fromkeys(driven.values()))
    ties = [tie for tie in range(own.neq) if own.eq_type[tie] == _TIE]
    followers = {int(own.eq_obj1id[tie]) for tie in ties if int(own.eq_obj2id[tie]) in joints}
    return [joint for joint in joints if joint not in followers], ()


def _driven_by(own: mujoco.MjModel, actuator: int) -> list[int]:
    target, kind = int(own.actuator_trnid[actuator, 0]), int(own.actuator_trntype[actuator])
    if kind == _JOINT:
        return [target]
    if kind == _TENDON:
        first, count = int(own.tendon_adr[target]), int(own.tendon_num[target])
        return [int(joint) for joint in own.wrap_objid[first : first + count]]
    return []


def _alone(opened: Opened, hand: set[int], joints: list[int], drives: list[int]) -> Any:
    """The gripper on a hand that does not move, driven slowly and without contacts."""
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
    mine = [geom for geom in spec.geoms if _hangs(own, geom.parent.name, set(joints))]
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


def _hangs(own: mujoco.MjModel, name: str, joints: set[int]) -> bool:
    """Whether a body is moved by one of these joints."""
    return any(joints & set(joints_of(own, body)) for body in path_to(own, own.body(name).id))


def _settled(model: mujoco.MjModel, drive: Array) -> Array:
    """Positions after the drives were led to theirs."""
    data = mujoco.MjData(model)
    start = np.array(
        [model.qpos0[model.jnt_qposadr[model.actuator_trnid[i, 0]]] for i in range(model.nu)]
    )
    steps = round(SETTLE_S / STEP_S)
    for step in range(steps):
        data.ctrl[:] = start + min(1.0, 3.0 * step / steps) * (drive - start)
        mujoco.mj_step(model, data)
    return np.array(data.qpos)


def _spread(model: mujoco.MjModel, qpos: Array, moving: tuple[int, ...], out: Array) -> float:
    """How far apart what moves is, across the hand [m]."""
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    middles = np.array([middle_of(model, data, body) for body in moving])
    across = middles - middles.mean(0)
    across -= np.outer(across @ out, out)
    return float(np.linalg.norm(across))


def middle_of(model: mujoco.MjModel, data: mujoco.MjData, body: int) -> Array:
    """The middle of a body's geoms, or of its mass, in the world [m], (3,)."""
    geoms = np.flatnonzero(model.geom_bodyid == body)
    return np.asarray(data.geom_xpos[geoms].mean(0) if len(geoms) else data.xipos[body])
