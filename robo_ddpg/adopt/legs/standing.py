"""How a robot stands: as a keyframe of its file has it, or with its feet below its hips."""

from collections.abc import Iterator
from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.legs.poses import Poser
from robo_ddpg.adopt.sources import Sources
from tasks.arrays import Array
from tasks.described.error import RobotError

STRETCHED = 0.7
"""Depth of the feet below the hips, as a share of the leg's length, as our quadruped stands."""
DEPTHS = (0.5, 0.95)
"""Depths between which a keyframe stands."""
LEVEL = 0.05
"""Greatest difference of the feet's heights in it, and ..."""
BESIDE = 0.35
"""... greatest distance of a foot from below its hip, as shares of the leg's length."""
LIFT = 0.19
"""How far a foot is lifted in the trot, likewise, as our quadruped's 8 cm."""
GRAVITY_M_S2 = 9.81


@dataclass(frozen=True)
class Standing:
    """A robot that stands."""

    pose: Array
    """Joint positions [rad], (12,)."""
    height_m: float
    """Height of the torso's origin [m]."""
    torque: Array
    """What holds each joint [N m], (12,)."""
    lift: Array
    """How far each joint turns to lift its leg [rad], (12,)."""
    inertia: Array
    """What each joint feels of its leg, without armature [kg m^2], (12,)."""
    loose: Array
    """What is left of it where all other joints give way [kg m^2], (12,)."""


def find_standing(poser: Poser, own: mujoco.MjModel, length: float, sources: Sources) -> Standing:
    """How a robot stands.

    Args:
        poser: the robot on a stand.
        own: the model of its file.
        length: of a leg [m].
        sources: where this is noted.

    Raises:
        RobotError: its feet do not get below its hips.
    """
    pose = _keyframe(poser, own, length, sources)
    if pose is None:
        pose = _below_hips(poser, length, sources)
    poser.put(pose)
    bottoms = poser.feet()[:, 2] - [foot.radius_m for foot in poser.on_feet]
    sources.of["height_m"] = "as high as its feet are below"
    inertia, loose = _inertias(poser, pose)
    return Standing(
        pose=pose,
        height_m=-float(bottoms.min()),
        torque=_holding(poser, pose, sources),
        lift=_lift(poser, pose, length, sources),
        inertia=inertia,
        loose=loose,
    )


def _keyframe(poser: Poser, own: mujoco.MjModel, length: float, sources: Sources) -> Array | None:
    """Joint positions of the first keyframe that stands; None: there is none."""
    names = [poser.model.joint(joint).name for joint in range(poser.model.njnt)]
    addresses = [int(own.joint(name).qposadr[0]) for name in names]
    for key in _likeliest(own):
        pose = np.array(own.key_qpos[key][addresses])
        inside = (pose >= poser.low - 1e-6) & (pose <= poser.high + 1e-6)
        if inside.all() and _stands(poser, pose, length):
            _note_home(names, f"the file's keyframe {own.key(key).name!r}", sources)
            return np.asarray(np.clip(pose, poser.low, poser.high))
    return None


def _likeliest(own: mujoco.MjModel) -> Iterator[int]:
    """Keyframes, those first that are called as if they stood."""
    called = {
        key: any(w in own.key(key).name for w in ("home", "stand")) for key in range(own.nkey)
    }
    yield from sorted(called, key=lambda key: not called[key])


def _stands(poser: Poser, pose: Array, length: float) -> bool:
    poser.put(pose)
    legs, heights = poser.legs(), poser.feet()[:, 2]
    deep = (-legs[:, 2] > DEPTHS[0] * length) & (-legs[:, 2] < DEPTHS[1] * length)
    below = np.hypot(*legs[:, :2].T) < BESIDE * length
    return bool(deep.all() and below.all() and np.ptp(heights) < LEVEL * length)


def _below_hips(poser: Poser, length: float, sources: Sources) -> Array:
    """Feet below the hips, knees behind them, or in front of them where they cannot be behind."""
    wanted = np.tile([0.0, 0.0, -STRETCHED * length], (4, 1))
    names = [poser.model.joint(joint).name for joint in range(poser.model.njnt)]
    for back in (True, False):
        pose = poser.reach(poser.nearest(wanted, back=back), wanted, (0, 1, 2))
        if pose is not None:
            where = "behind" if back else "in front of"
            why = f"the foot below the hip at 70 % of the leg's length, knees {where} it"
            _note_home(names, why, sources)
            return pose
    raise RobotError(
        "the feet do not get below the hips: joint ranges, or which way the torso's axes point, "
        "may be wrong; x must be forward, y to the left, z up"
    )


def _note_home(names: list[str], source: str, sources: Sources) -> None:
    for name in names:
        sources.of[f"joint.{name}.home_rad"] = source


def _holding(poser: Poser, pose: Array, sources: Sources) -> Array:
    """Torques that hold the joints, the weight on all feet as evenly as balance allows."""
    model, data = poser.model, poser.data
    poser.put(pose)
    data.qvel[:] = 0.0
    mujoco.mj_forward(model, data)
    feet, middle = poser.feet(), data.subtree_com[0]
    balance = np.stack([np.ones(4), *feet[:, :2].T])
    weight = float(model.body_mass.sum()) * GRAVITY_M_S2
    loads = np.linalg.lstsq(balance, weight * np.array([1.0, *middle[:2]]), rcond=None)[0]
    if loads.min() < 0.1 * weight / 4:
        sources.doubt("hardly any weight is on one of its feet at home: it may tip over")
    torques = np.array(data.qfrc_bias)
    for leg, load in enumerate(loads):
        torques[poser.dofs[leg]] -= load * poser.foot_jacobian(leg)[2]
    return torques


def _lift(poser: Poser, pose: Array, length: float, sources: Sources) -> Array:
    """Turns of hip and knee that raise each foot straight up, smaller ones where ranges end."""
    poser.put(pose)
    home = poser.legs()
    for share in (1.0, 0.75, 0.5):
        wanted = home + np.array([0.0, 0.0, share * LIFT * length])
        lifted = poser.reach(pose, wanted, (1, 2))
        if lifted is not None:
            if share < 1:
                sources.doubt(f"feet are lifted by {share:.0%} of what a trot should: ranges end")
            return lifted - pose
    raise RobotError(
        f"the feet cannot be lifted by {0.5 * LIFT * length:.3f} m from home within joint ranges"
    )


def _inertias(poser: Poser, pose: Array) -> tuple[Array, Array]:
    model, data = poser.model, poser.data
    armature = model.dof_armature.copy()
    model.dof_armature[:] = 0.0
    data.qpos[:] = pose
    mujoco.mj_forward(model, data)
    full = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, full)
    model.dof_armature[:] = armature
    return np.diag(full).copy(), 1.0 / np.diag(np.linalg.inv(full))
