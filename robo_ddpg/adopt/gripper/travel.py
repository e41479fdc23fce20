"""How the joints of a gripper move together: from closed to open, as its own file ties them."""

import itertools
from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import HINGE, SLIDE, Chain, below, joints_of, path_to
from robo_ddpg.adopt.gripper.alone import STEP_S, gripper_alone
from robo_ddpg.adopt.tip import geom_corners
from tasks.arrays import Array
from tasks.described.loading import Opened

SAMPLES = 9
"""Positions from closed to open at which all joints are looked at."""
SETTLE_S = 1.5
"""Time that the joints are given at each [s]."""
LEAST_M = 0.004
"""Grippers open by more than this [m]."""
JAW_RAD = 0.7
"""How far a single jaw on a hinge opens at most [rad]: farther out it holds nothing."""
_JOINT, _TENDON = int(mujoco.mjtTrn.mjTRN_JOINT), int(mujoco.mjtTrn.mjTRN_TENDON)
_TIE = int(mujoco.mjtEq.mjEQ_JOINT)


class NoGripperError(Exception):
    """What hangs from the hand is no gripper that is understood; the message says why."""


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
    fixed: tuple[int, ...]
    """Those of the hand that face what moves; none where two fingers do."""

    @property
    def facing(self) -> tuple[int, ...]:
        """The bodies that can have a pad."""
        return self.moving + self.fixed

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
        NoGripperError: there is none of two fingers, or of one on a fixed one.
    """
    own = opened.model
    hand = list(below(own, int(own.jnt_bodyid[chain.joints[-1]])))
    joints = [j for body in hand for j in joints_of(own, body) if j not in chain.joints]
    if not joints:
        raise NoGripperError("nothing")
    if any(
        own.jnt_type[joint] not in (HINGE, SLIDE) or not own.jnt_limited[joint] for joint in joints
    ):
        raise NoGripperError("a joint that is no hinge or slide, or has no range")
    drives, actuators = _drives(own, joints)
    if not 1 <= len(drives) <= 2:
        raise NoGripperError(f"{len(drives)} joints that are driven, as of a hand")
    model = gripper_alone(opened, set(hand), joints, drives)
    moving = tuple(b for b in range(1, model.nbody) if model.body_jntnum[path_to(model, b)].any())
    fixed = _fixed(model, [own.body(b).name for b in hand], moving) if len(joints) == 1 else ()
    ends = np.array([own.jnt_range[joint] for joint in drives])
    corners = np.array(list(itertools.product(*ends)))
    spreads = [_spread(model, _settled(model, corner), moving, fixed, out) for corner in corners]
    closed, open_ = corners[int(np.argmin(spreads))], corners[int(np.argmax(spreads))]
    if max(spreads) - min(spreads) < LEAST_M:
        raise NoGripperError("joints that do not open and close it")
    if fixed and own.jnt_type[joints[0]] == HINGE:
        open_ = closed + np.clip(open_ - closed, -JAW_RAD, JAW_RAD)
    shares = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    qpos = np.array([_settled(model, drive) for drive in closed + shares * (open_ - closed)])
    names = tuple(own.joint(joint).name for joint in drives)
    return Travel(model, qpos, names, actuators, moving, fixed)


def _fixed(model: mujoco.MjModel, hand: list[str], moving: tuple[int, ...]) -> tuple[int, ...]:
    """The bodies of a hand that do not move.

    Raises:
        NoGripperError: they have no shapes.
    """
    bodies = tuple(b for b in (model.body(name).id for name in hand) if b not in moving)
    if not model.body_geomnum[list(bodies)].any():
        raise NoGripperError("one joint, and nothing that it closes on")
    return bodies


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


def _spread(
    model: mujoco.MjModel,
    qpos: Array,
    moving: tuple[int, ...],
    fixed: tuple[int, ...],
    out: Array,
) -> float:
    """How far apart what moves is, and what it closes on, across the hand [m]."""
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    still = [g for g in range(model.ngeom) if int(model.geom_bodyid[g]) in fixed]
    farthest = sorted(still, key=lambda geom: (geom_corners(model, data, geom) @ out).max())[-1:]
    middles = np.array(
        [middle_of(model, data, body) for body in moving] + [data.geom_xpos[g] for g in farthest]
    )
    across = middles - middles.mean(0)
    across -= np.outer(across @ out, out)
    return float(np.linalg.norm(across))


def middle_of(model: mujoco.MjModel, data: mujoco.MjData, body: int) -> Array:
    """The middle of a body's geoms, or of its mass, in the world [m], (3,)."""
    geoms = np.flatnonzero(model.geom_bodyid == body)
    return np.asarray(data.geom_xpos[geoms].mean(0) if len(geoms) else data.xipos[body])
