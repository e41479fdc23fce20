"""How the joints are driven: from their inertia to gains, torques and accelerations."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.limits import FileLimits, position_gains
from robo_ddpg.adopt.sources import Sources
from tasks.arm.described.description import Joint
from tasks.arrays import Array

POSES = 200
"""Random poses that inertia and weight are taken from."""
DAMPED_1_S = 180.0
"""Servos of our own damp by this times the inertia that they move [1/s]."""
CATCH_UP_S = 0.2
"""What damping such servos have per stiffness [s]. A joint that something held back by e catches up
at no more than e / 0.2 s, however strong it is: below 2 rad/s from 0.4 rad. What it would lag by in
motion, commands lead by."""
HOLDING_SHARE = 0.25
"""Torques that a file does not say are at least this share of the arm's greatest, for the others
push on things with what hangs on the joint. Of the UR5e's torques 28 N m is the least and 150 N m
the greatest, of the Panda's 12 and 87 N m."""
STIFF_SHARE = 0.1
"""Such servos are made for no less than this share of the largest inertia: where little hangs on a
joint, it is the others that throw it about."""
SLOWEST_RAD_S, LEAST_DAMPED = 15.0, 0.9
"""Natural frequency [rad/s] and damping ratio from which a file's own servo is used as it is."""
LONGEST_LEAD_S = 0.25
"""Time that such a servo may lag behind [s]."""
ARMATURE_SHARE = 0.02
"""Least armature, as a share of the largest inertia of the arm's joints."""
ACCELERATION_RAD_S2 = (2.0, 15.0)
"""Accelerations lie within these [rad/s^2]."""
TORQUE_SHARE = 0.5
"""Share of the torque beside the weight that accelerates."""
FOLLOWED_SHARE = 0.04
"""Share of the speed limit that a servo may overshoot by; after a change a of the acceleration the
speed is off by at most a x inertia / damping."""
JERK_1_S = 200.0
"""Jerk per acceleration [1/s]."""


@dataclass(frozen=True)
class Load:
    """The most that joints have to carry over random poses."""

    inertia: Array
    """Of each joint, without armature [kg m^2], (j,)."""
    weight: Array
    """Torque against gravity [N m], (j,)."""


def measure_load(model: mujoco.MjModel, joints: list[int], seed: int = 0) -> Load:
    """What joints carry, anywhere within their ranges.

    Args:
        model: a scene in which nothing but the arm moves.
        joints: the arm's.
        seed: of the poses.
    """
    data = mujoco.MjData(model)
    rng = np.random.default_rng(seed)
    addresses, dofs = model.jnt_qposadr[joints], model.jnt_dofadr[joints]
    inertias, weights = [], []
    low, high = model.jnt_range[joints].T
    for pose in rng.uniform(low, high, (POSES, len(joints))):
        data.qpos[addresses] = pose
        mujoco.mj_forward(model, data)
        full = np.zeros((model.nv, model.nv))
        mujoco.mj_fullM(model, data, full)
        inertias.append(np.diag(full)[dofs] - model.dof_armature[dofs])
        weights.append(np.abs(data.qfrc_gravcomp[dofs]))
    return Load(np.max(inertias, 0), np.max(weights, 0))


def driven(
    own: mujoco.MjModel,
    joints: list[int],
    limits: list[FileLimits],
    load: Load,
    home: Array,
    sources: Sources,
) -> tuple[Joint, ...]:
    """The joints with their servos.

    Args:
        own: the robot by itself, with its own drives.
        joints: the arm's, in that model.
        limits: what the file says of them.
        load: what they carry.
        home: positions at home [rad], (j,).
        sources: where this is noted.
    """
    largest = float(load.inertia.max())
    armatures = [_armature(own, joint, largest, sources) for joint in joints]
    carried = np.stack([load.inertia + armatures, load.weight], 1).tolist()
    moving = [_moving(limit, *each) for limit, each in zip(limits, carried, strict=True)]
    made = []
    for index, (joint, limit) in enumerate(zip(joints, limits, strict=True)):
        armature, (inertia, weight) = armatures[index], carried[index]
        stiffness, damping = _gains(own, joint, inertia, STIFF_SHARE * largest, sources)
        name = own.joint(joint).name
        torque = _torque(name, limit, weight, moving[index], max(moving), sources)
        followed = FOLLOWED_SHARE * limit.velocity_rad_s * damping / inertia
        acceleration = _acceleration(name, (moving[index] - weight) / inertia, followed, sources)
        made.append(
            Joint(
                name=name,
                low_rad=limit.low_rad,
                high_rad=limit.high_rad,
                home_rad=float(home[index]),
                velocity_rad_s=limit.velocity_rad_s,
                acceleration_rad_s2=_three_digits(acceleration),
                jerk_rad_s3=_three_digits(JERK_1_S * acceleration),
                torque_nm=_three_digits(torque),
                stiffness_nm_rad=_three_digits(stiffness),
                damping_nm_s_rad=_three_digits(damping),
                armature_kg_m2=_three_digits(armature),
            )
        )
    return tuple(made)


def _armature(own: mujoco.MjModel, joint: int, largest: float, sources: Sources) -> float:
    """The file's, or the least that keeps the simulation calm [kg m^2]."""
    key = f"joint.{own.joint(joint).name}.armature_kg_m2"
    given, least = float(own.dof_armature[own.jnt_dofadr[joint]]), ARMATURE_SHARE * largest
    if given >= least:
        return sources.noted(key, given, "the file's")
    why = f"{ARMATURE_SHARE:.0%} of the largest inertia, for the file has less"
    return sources.noted(key, least, why)


def _moving(limit: FileLimits, inertia: float, weight: float) -> float:
    """The file's torque, or what moves a joint's weight and inertia [N m]."""
    return 1.5 * weight + 10.0 * inertia if limit.torque_nm is None else limit.torque_nm


def _torque(
    name: str, limit: FileLimits, weight: float, moving: float, greatest: float, sources: Sources
) -> float:
    """The file's torque, or what moves the joint and holds against the strongest one [N m]."""
    if limit.torque_nm is None:
        sources.doubt(
            "torques are not in the file: what moves the arm's own weight was assumed, and at "
            "least a quarter of its strongest joint's"
        )
        why = "1.5 x weight + 10 x inertia, a quarter of the greatest at least: the file says none"
        torque = max(moving, HOLDING_SHARE * greatest)
        return sources.noted(f"joint.{name}.torque_nm", torque, why)
    if limit.torque_nm < weight:
        sources.doubt(
            f"{name} may be too weak for the arm's weight: {limit.torque_nm:g} < {weight:.3g} N m"
        )
    return limit.torque_nm


def _acceleration(name: str, possible: float, followed: float, sources: Sources) -> float:
    """Acceleration that torque and servo allow [rad/s^2].

    Args:
        name: the joint's.
        possible: what the torque that moves it gives beside the weight [rad/s^2].
        followed: what the servo follows [rad/s^2].
        sources: where this is noted.
    """
    sources.of[f"joint.{name}.jerk_rad_s3"] = "200 x acceleration"
    why = "what half the torque beside the weight gives and the servo follows, from 2 to 15"
    acceleration = float(np.clip(min(TORQUE_SHARE * possible, followed), *ACCELERATION_RAD_S2))
    return sources.noted(f"joint.{name}.acceleration_rad_s2", acceleration, why)


def _gains(
    own: mujoco.MjModel, joint: int, inertia: float, least: float, sources: Sources
) -> tuple[float, float]:
    """Stiffness and damping: the file's own servo if it is quick and calm, or one that is.

    Args:
        own: the robot by itself.
        joint: index of the joint.
        inertia: what it carries [kg m^2].
        least: inertia that a servo of our own is made for at least [kg m^2].
        sources: where this is noted.
    """
    name, dof = own.joint(joint).name, int(own.jnt_dofadr[joint])
    given = position_gains(own, joint)
    why = "the file has no position servo"
    if given is not None:
        stiffness, damping = given[0], given[1] + float(own.dof_damping[dof])
        frequency = float(np.sqrt(stiffness / inertia))
        ratio = damping / (2.0 * float(np.sqrt(stiffness * inertia)))
        if frequency < SLOWEST_RAD_S:
            why = f"the file's {stiffness:g} is too soft"
        elif ratio < LEAST_DAMPED:
            why = f"the file's servo would swing, with a damping of {damping:g}"
        elif damping / stiffness > LONGEST_LEAD_S:
            why = f"the file's servo lags by {damping / stiffness:.2g} s"
        else:
            _note_gains(name, "the file's servo, and damping", sources)
            return stiffness, damping
    _note_gains(name, f"damping 180 x inertia, stiffness damping / 0.2: {why}", sources)
    damping = DAMPED_1_S * max(inertia, least)
    return damping / CATCH_UP_S, damping


def _note_gains(name: str, source: str, sources: Sources) -> None:
    for key in ("stiffness_nm_rad", "damping_nm_s_rad"):
        sources.of[f"joint.{name}.{key}"] = source


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
