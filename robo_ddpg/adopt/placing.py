"""How the robot stands at the table: on it, at the edge, facing its middle."""

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import Chain, below
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.tip import geom_corners
from tasks.arm.described.description import Base
from tasks.arm.described.hand import Tip
from tasks.arrays import Array

POSES = 2_000
"""Random poses by which the side that the arm works on is found."""
CLEARLY = 0.8
"""The file's own front is kept if the arm gets there this often, compared with the best side."""
AT_ORIGIN_M = 1e-3
"""Distance from the vertical axis through the origin at which a base counts as standing there."""
SUNK_M = 0.03
"""Depth below the table from which a base is lifted [m]."""


def find_base(model: mujoco.MjModel, chain: Chain, tip: Tip, sources: Sources) -> Base:
    """Where the base stands and how it is turned.

    Args:
        model: the robot by itself.
        chain: the arm in it.
        tip: its tip.
        sources: where this is noted.
    """
    position = np.array(model.body_pos[chain.base])
    sources.of["base.body"] = "the body that the tip's chain grows from"
    where = "where the file has it"
    if np.hypot(*position[:2]) > AT_ORIGIN_M:
        where = "moved to the origin, standing on the table"
        position[:] = 0.0, 0.0, position[2] - _lowest(model, chain)
    elif _lowest(model, chain) < -SUNK_M:
        where = "lifted until it stands on the table"
        position[2] -= _lowest(model, chain)
    sources.of["base.position_m"] = where
    quarter = _front(model, chain, tip)
    turn = np.array([np.cos(quarter * np.pi / 4), 0, 0, np.sin(quarter * np.pi / 4)])
    quaternion = np.zeros(4)
    mujoco.mju_mulQuat(quaternion, turn, model.body_quat[chain.base])
    sources.of["base.quaternion"] = (
        f"turned by {90 * quarter} degrees, to work over the table" if quarter else "the file's"
    )
    x, y, z = np.round(position, 6).tolist()
    real, i, j, k = np.round(quaternion, 6).tolist()
    return Base(model.body(chain.base).name, (x, y, z), (real, i, j, k))


def _lowest(model: mujoco.MjModel, chain: Chain) -> float:
    """The lowest point of what does not move [m]."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    moved = set(below(model, int(model.jnt_bodyid[chain.joints[0]])))
    still = set(below(model, chain.base)) - moved
    geoms = [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in still]
    corners = [geom_corners(model, data, geom)[:, 2].min() for geom in geoms]
    return float(min(corners, default=data.xpos[chain.base][2]))


def _front(model: mujoco.MjModel, chain: Chain, tip: Tip) -> int:
    """By how many quarter turns the base has to be turned so that the arm works along x."""
    data, rng = mujoco.MjData(model), np.random.default_rng(0)
    joints = list(chain.joints)
    low, high = model.jnt_range[joints].T
    unlimited = ~(low < high)
    low[unlimited], high[unlimited] = -np.pi, np.pi
    places = np.array(
        [
            _tip(model, data, joints, pose, chain, tip)
            for pose in rng.uniform(low, high, (POSES, len(joints)))
        ]
    )
    angles = np.arctan2(places[:, 1], places[:, 0])
    shares = [np.mean(np.cos(angles + quarter * np.pi / 2) > np.sqrt(0.5)) for quarter in _QUARTERS]
    best = int(np.argmax(shares))
    return 0 if shares[0] >= CLEARLY * shares[best] else _QUARTERS[best]


_QUARTERS = (0, 1, -1, 2)


def _tip(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    joints: list[int],
    pose: Array,
    chain: Chain,
    tip: Tip,
) -> Array:
    """The tip, seen from the base's origin, in the world's directions [m], (3,)."""
    data.qpos[model.jnt_qposadr[joints]] = pose
    mujoco.mj_kinematics(model, data)
    turned = data.xmat[chain.body].reshape(3, 3)
    place = data.xpos[chain.body] + turned @ np.array(tip.position_m) - data.xpos[chain.base]
    return np.asarray(place)
