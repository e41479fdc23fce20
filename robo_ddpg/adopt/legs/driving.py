"""How the legs are driven: from what they carry to limits and gains."""

import mujoco
import numpy as np

from robo_ddpg.adopt.legs.find import Stand
from robo_ddpg.adopt.legs.standing import Standing
from robo_ddpg.adopt.limits import FileLimits, Rule, limits_of
from robo_ddpg.adopt.sources import Sources
from tasks.described.loading import Opened
from tasks.legged.described.description import Joint
from tasks.legged.described.mounting import TIMESTEP_S
from tasks.legged.four_legs import LEG_M

SPEED_RAD_S = 20.0
"""Joint speed where the file says nothing, for a robot as large as our quadruped [rad/s]: what the
slowest joint of the Unitree Go1 does (its const.xacro)."""
CREDIBLE_RAD_S = (1.0, 99.0)
CREDIBLE_NM = (0.05, 999.0)
YIELD_RAD = 0.06
"""By how much what carries most yields when the robot stands [rad], as our quadruped's knees."""
CALM = 0.2
"""Greatest angle of a servo's swing per time step [rad]; beyond 2 it would be unstable."""
STRONG = 5.0
"""Torque where the file says nothing, compared with what standing takes at the joint that carries
most, as our quadruped's."""
ABDUCTION_RAD, HIP_RAD = 0.45, 0.5
"""What a full action turns abductions and hips by [rad], as our quadruped's."""
KNEE_SHARE = 0.625
"""What it turns a knee by, as a share of what lifts the foot: too little to undo that."""


def file_limits(
    opened: Opened, stand: Stand, leg_m: float, speed_rad_s: float | None, sources: Sources
) -> list[FileLimits]:
    """What the file says of the legs' joints, in the order of the robot on its stand.

    Args:
        opened: the robot's file.
        stand: the robot.
        leg_m: length of a leg [m].
        speed_rad_s: speed of all joints, if somebody knows [rad/s].
        sources: where this is noted.
    """
    speed = round(float(SPEED_RAD_S * np.sqrt(LEG_M / leg_m)), 1)
    rule = Rule(speed, CREDIBLE_RAD_S, CREDIBLE_NM)
    own = [opened.model.joint(stand.model.joint(j).name).id for j in range(stand.model.njnt)]
    return [limits_of(opened, joint, sources, speed_rad_s, rule) for joint in own]


def driven(
    stand: Stand, standing: Standing, limits: list[FileLimits], sources: Sources
) -> tuple[Joint, ...]:
    """The joints with their servos.

    Args:
        stand: the robot.
        standing: how it stands.
        limits: what its file says of the joints.
        sources: where this is noted.
    """
    most = float(np.abs(standing.torque).max())
    return tuple(
        _joint(stand.model, standing, limit, most, index, sources)
        for index, limit in enumerate(limits)
    )


def _joint(
    model: mujoco.MjModel,
    standing: Standing,
    limit: FileLimits,
    most: float,
    index: int,
    sources: Sources,
) -> Joint:
    name = model.joint(index).name
    stiffness = most / YIELD_RAD
    armature = _armature(model, standing, stiffness, index, sources)
    damping = 2.0 * np.sqrt(stiffness * (standing.inertia[index] + armature))
    lift, role = float(standing.lift[index]), index % 3
    actions = (ABDUCTION_RAD, HIP_RAD, KNEE_SHARE * abs(lift))
    _note_servo(name, most, sources)
    return Joint(
        name=name,
        low_rad=limit.low_rad,
        high_rad=limit.high_rad,
        home_rad=float(np.clip(np.round(standing.pose[index], 4), limit.low_rad, limit.high_rad)),
        velocity_rad_s=limit.velocity_rad_s,
        torque_nm=_torque(name, limit, most, float(standing.torque[index]), sources),
        stiffness_nm_rad=_digits(stiffness),
        damping_nm_s_rad=_digits(damping),
        armature_kg_m2=_digits(armature),
        standing_nm=_digits(float(standing.torque[index])),
        lift_rad=round(lift, 4),
        action_rad=_digits(actions[role]),
    )


def _note_servo(name: str, most: float, sources: Sources) -> None:
    of = f"joint.{name}."
    sources.of[of + "stiffness_nm_rad"] = (
        f"what carries most when it stands, {most:.3g} N m, yields by {YIELD_RAD} rad"
    )
    sources.of[of + "damping_nm_s_rad"] = "critical for the leg's inertia: 2 sqrt(stiffness x it)"
    sources.of[of + "standing_nm"] = "the weight on four feet, and the leg's own"
    sources.of[of + "lift_rad"] = "raises the foot straight up by 19 % of the leg's length"
    sources.of[of + "action_rad"] = "as our quadruped's; of a knee 62.5 % of what lifts the foot"


def _armature(
    model: mujoco.MjModel, standing: Standing, stiffness: float, index: int, sources: Sources
) -> float:
    """The file's, or what keeps the servo calm at the time step [kg m^2]."""
    key = f"joint.{model.joint(index).name}.armature_kg_m2"
    given = float(model.dof_armature[index])
    least = stiffness * (TIMESTEP_S / CALM) ** 2 - float(standing.loose[index])
    if given >= least and given > 0:
        return sources.noted(key, given, "the file's")
    floor = max(least, 0.1 * stiffness * (TIMESTEP_S / CALM) ** 2)
    why = f"the file has {given:g}; with this the servo is calm at time steps of 2 ms"
    return sources.noted(key, max(floor, given), why)


def _torque(name: str, limit: FileLimits, most: float, holds: float, sources: Sources) -> float:
    """The file's, or several times what standing takes [N m]."""
    if limit.torque_nm is None:
        sources.doubt(f"torques are not in the file: {STRONG:g} x what standing takes was assumed")
        why = f"assumed: {STRONG:g} x what standing takes where it takes most"
        return sources.noted(f"joint.{name}.torque_nm", _digits(STRONG * most), why)
    if limit.torque_nm < 1.5 * abs(holds):
        sources.doubt(
            f"{name} is weak: {limit.torque_nm:g} N m, and standing takes {abs(holds):.3g}"
        )
    return _digits(limit.torque_nm)


def _digits(value: float) -> float:
    return float(f"{value:.4g}")
