"""What a robot's file says of its joints' limits, and the rules for what it does not say."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.sources import Sources
from tasks.arrays import Array
from tasks.described.loading import Opened

UNLIMITED_RAD = np.pi
"""Range of a joint that turns without end: half a turn to each side [rad]."""


@dataclass(frozen=True)
class Rule:
    """What is believed of the limits in a file, and assumed where there are none."""

    speed_rad_s: float
    """Joint speed where the file says nothing [rad/s]."""
    credible_rad_s: tuple[float, float]
    """Speeds in a URDF below or above these are placeholders [rad/s]."""
    credible_nm: tuple[float, float]
    """Torques below or above these are placeholders [N m]."""


ARMS = Rule(speed_rad_s=2.0, credible_rad_s=(0.1, 9.9), credible_nm=(0.05, 299.0))


@dataclass(frozen=True)
class FileLimits:
    """What a file says of one joint."""

    low_rad: float
    """Lowest position [rad]."""
    high_rad: float
    """Highest position [rad]."""
    velocity_rad_s: float
    """Highest speed [rad/s]."""
    torque_nm: float | None
    """Highest torque [N m]; None: it does not say."""


def limits_of(
    opened: Opened,
    joint: int,
    sources: Sources,
    speed_rad_s: float | None = None,
    rule: Rule = ARMS,
) -> FileLimits:
    """The limits of a joint, each with its source.

    Args:
        opened: the robot.
        joint: index of the joint.
        sources: where this is noted.
        speed_rad_s: speed of all joints, if somebody knows [rad/s].
        rule: for what the file does not say.
    """
    name = opened.model.joint(joint).name
    low, high = _range(opened.model, joint, sources)
    velocity = _velocity(opened, name, sources, speed_rad_s, rule)
    return FileLimits(low, high, velocity, _torque(opened, joint, sources, rule))


def _range(model: mujoco.MjModel, joint: int, sources: Sources) -> tuple[float, float]:
    name = model.joint(joint).name
    low, high = map(float, model.jnt_range[joint])
    source = "the file's range"
    if not model.jnt_limited[joint] or not low < high:
        low, high = -UNLIMITED_RAD, UNLIMITED_RAD
        source = "half a turn to each side, for the file gives no range"
        sources.doubt(f"{name} has no range in the file: half a turn to each side was assumed")
    for key in ("low_rad", "high_rad"):
        sources.of[f"joint.{name}.{key}"] = source
    return low, high


def _velocity(
    opened: Opened, name: str, sources: Sources, asked: float | None, rule: Rule
) -> float:
    key = f"joint.{name}.velocity_rad_s"
    if asked is not None:
        return sources.noted(key, asked, "--joint-speed")
    given = _urdf_limit(opened, name, "velocity")
    if given is not None and rule.credible_rad_s[0] <= given <= rule.credible_rad_s[1]:
        return sources.noted(key, given, "the URDF's velocity")
    sources.doubt(
        f"joint speeds are not in the file: {rule.speed_rad_s:g} rad/s was assumed; --joint-speed "
        "says otherwise"
    )
    what = "the file says nothing" if given is None else f"the URDF's {given:g} is a placeholder"
    return sources.noted(key, rule.speed_rad_s, f"assumed, {what}")


def _torque(opened: Opened, joint: int, sources: Sources, rule: Rule) -> float | None:
    model, name = opened.model, opened.model.joint(joint).name
    key = f"joint.{name}.torque_nm"
    found: list[tuple[float, str]] = []
    if model.jnt_actfrclimited[joint]:
        found.append((_most(model.jnt_actfrcrange[joint]), "the joint's actuatorfrcrange"))
    for actuator in actuators_of(model, joint):
        gear = abs(float(model.actuator_gear[actuator, 0]))
        if model.actuator_forcelimited[actuator]:
            most = gear * _most(model.actuator_forcerange[actuator])
            found.append((most, "the actuator's force range"))
        if is_motor(model, actuator) and model.actuator_ctrllimited[actuator]:
            gain = gear * float(model.actuator_gainprm[actuator, 0])
            most = gain * _most(model.actuator_ctrlrange[actuator])
            found.append((most, "the motor's control range"))
    effort = _urdf_limit(opened, name, "effort")
    if effort is not None:
        found = [(effort, "the URDF's effort")]
    credible = [each for each in found if rule.credible_nm[0] <= each[0] <= rule.credible_nm[1]]
    if not credible:
        return None
    torque, source = min(credible)
    return sources.noted(key, torque, source)


def actuators_of(model: mujoco.MjModel, joint: int) -> list[int]:
    """The actuators that drive a joint directly."""
    direct = int(mujoco.mjtTrn.mjTRN_JOINT)
    return [
        actuator
        for actuator in range(model.nu)
        if model.actuator_trntype[actuator] == direct and model.actuator_trnid[actuator, 0] == joint
    ]


def is_motor(model: mujoco.MjModel, actuator: int) -> bool:
    """Whether an actuator's command is its torque."""
    return int(model.actuator_biastype[actuator]) == int(mujoco.mjtBias.mjBIAS_NONE)


def position_gains(model: mujoco.MjModel, joint: int) -> tuple[float, float] | None:
    """Stiffness and damping of a joint's position servo; None if it has another drive."""
    for actuator in actuators_of(model, joint):
        gain, bias = model.actuator_gainprm[actuator, 0], model.actuator_biasprm[actuator]
        unit_gear = model.actuator_gear[actuator, 0] == 1.0
        if gain > 0 and bias[1] == -gain and unit_gear:
            return float(gain), float(-bias[2])
    return None


def _most(limits: Array) -> float:
    return float(np.abs(limits).min())


def _urdf_limit(opened: Opened, name: str, what: str) -> float | None:
    if opened.urdf is None:
        return None
    for joint in opened.urdf.iter("joint"):
        limit = joint.find("limit")
        if joint.get("name") == name and limit is not None and limit.get(what) is not None:
            try:
                return float(str(limit.get(what)))
            except ValueError:
                return None
    return None
