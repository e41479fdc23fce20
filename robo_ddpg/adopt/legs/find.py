"""Which limbs of a robot are its legs, and which is which."""

import re
from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import FREE, below, hinges_to, limbs, path_to
from robo_ddpg.adopt.sources import Sources
from tasks.arrays import Array
from tasks.described.attaching import free_of_drives
from tasks.described.error import RobotError
from tasks.described.loading import Opened
from tasks.legged.described.description import JOINTS, LEGS

ALONG = 0.7
"""Cosine from which an axis counts as the torso's x or y axis."""
_ROLES = (("abduction", 0), ("hip", 1), ("knee", 1))
"""Joints of a leg from the torso outward, and the axis of the torso that each turns about."""
_SIDES = {"l": "L", "left": "L", "r": "R", "right": "R"}
_ENDS = {"f": "F", "front": "F", "fore": "F"} | dict.fromkeys(
    ("r", "rear", "h", "hind", "b", "back"), "R"
)


@dataclass(frozen=True)
class Limb:
    """A leg in a model of the robot on a stand."""

    name: str
    """One of `LEGS`."""
    joints: tuple[int, ...]
    """Abduction, hip, knee."""
    signs: tuple[int, ...]
    """Whether each turns about the torso's axis (1) or the opposite one (-1)."""


@dataclass(frozen=True)
class Stand:
    """The robot held by its torso, whose frame is the world's; nothing but its legs moves."""

    model: mujoco.MjModel
    """No drives, no other joints."""
    torso: str
    """The body that is held."""
    limbs: tuple[Limb, ...]
    """In the order of the file."""
    still: tuple[str, ...]
    """Joints of the file that are not of legs."""


def find_legs(opened: Opened, sources: Sources) -> Stand:
    """The four legs of a robot.

    Args:
        opened: its file.
        sources: where this is noted.

    Raises:
        RobotError: it has not four legs of three hinges.
    """
    own = opened.model
    chains = {body: _longest(own, body) for body in limbs(own)}
    legs = [chain for chain in chains.values() if len(chain) == JOINTS]
    if len(legs) != len(LEGS):
        given = ", ".join(f"{own.body(body).name} ({len(c)})" for body, c in chains.items())
        raise RobotError(
            f"a robot on legs has four with {JOINTS} hinges each, this one has limbs (hinges): "
            f"{given or 'none'}; name one of its arms by --tip SITE_OR_BODY"
        )
    torso = own.body(path_to(own, int(own.jnt_bodyid[legs[0][0]]))[0]).name
    kept = [own.joint(joint).name for leg in legs for joint in leg]
    model = _held(opened, torso, kept)
    sources.of["torso"] = "the body that all legs hang from"
    still = [own.joint(j).name for j in range(own.njnt) if own.jnt_type[j] != FREE]
    limbs_ = _named(model, [kept[i : i + JOINTS] for i in range(0, len(kept), JOINTS)], sources)
    return Stand(model, torso, limbs_, tuple(name for name in still if name not in kept))


def _longest(model: mujoco.MjModel, limb: int) -> list[int]:
    """The hinges to the outermost body of a limb."""
    return max((hinges_to(model, body) for body in below(model, limb)), key=len)


def _held(opened: Opened, torso: str, kept: list[str]) -> mujoco.MjModel:
    spec = opened.spec.copy()
    free_of_drives(spec)
    for joint in list(spec.joints):
        if joint.name not in kept:
            spec.delete(joint)
    for body in spec.bodies[1:]:
        body.mocap = False
    body = spec.body(torso)
    body.pos, body.quat = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)
    spec.option.gravity = (0.0, 0.0, -9.81)
    return spec.compile()


def _named(model: mujoco.MjModel, legs: list[list[str]], sources: Sources) -> tuple[Limb, ...]:
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    hips = np.array([data.joint(leg[1]).xanchor for leg in legs])
    names = _by_position(hips)
    found = []
    for name, leg in zip(names, legs, strict=True):
        joints = tuple(model.joint(joint).id for joint in leg)
        signs = tuple(_sign(data, joint, role) for joint, role in zip(joints, _ROLES, strict=True))
        axes = ", ".join(
            f"{role} about {'-' if sign < 0 else ''}{'xyz'[axis]}"
            for (role, axis), sign in zip(_ROLES, signs, strict=True)
        )
        sources.of[f"leg.{name}.joints"] = axes
        sources.of[f"leg.{name}.name"] = _checked_name(name, leg, sources)
        found.append(Limb(name, joints, signs))
    return tuple(found)


def _by_position(hips: Array) -> list[str]:
    """Front is where x is larger, left where y is."""
    front, left = (hips - hips.mean(0))[:, :2].T > 0
    names = [
        ("F" if f else "R") + ("L" if side else "R") for f, side in zip(front, left, strict=True)
    ]
    if sorted(names) != sorted(LEGS):
        places = ", ".join(f"({x:.2f}, {y:.2f})" for x, y, _ in hips)
        raise RobotError(
            f"the legs do not stand at the corners of a rectangle along x and y: hips at {places} m"
        )
    return names


def _sign(data: mujoco.MjData, joint: int, role: tuple[str, int]) -> int:
    name, axis = role
    cosine = float(data.xaxis[joint][axis])
    if abs(cosine) < ALONG:
        turned = ", ".join(f"{value:.2f}" for value in data.xaxis[joint])
        raise RobotError(
            f"{data.model.joint(joint).name!r}, the {name} of a leg, must turn about the torso's "
            f"{'xyz'[axis]} axis and turns about ({turned}); x is forward, y to the left, z up"
        )
    return 1 if cosine > 0 else -1


def _checked_name(name: str, joints: list[str], sources: Sources) -> str:
    """Say so where the file calls a leg otherwise: x may not be its front."""
    called = {_called(joint) for joint in joints} - {None}
    if called and called != {name}:
        sources.doubt(
            f"leg {name} has the joints {', '.join(joints)}: x must be forward, y to the left"
        )
    return "by its position" + (", and by the names of its joints" if called == {name} else "")


def _called(joint: str) -> str | None:
    """The leg that a joint's name speaks of, if it does."""
    words = re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", joint).lower())
    ends = [_ENDS[word] for word in words if len(word) > 1 and word in _ENDS]
    sides = [_SIDES[word] for word in words if len(word) > 1 and word in _SIDES]
    if ends and sides:
        return ends[0] + sides[0]
    for word in words:
        for two in (word, word[::-1]) if len(word) == 2 else ():
            if two[0] in _ENDS and two[1] in _SIDES:
                return _ENDS[two[0]] + _SIDES[two[1]]
    return None
