"""From a robot's file to what `grasp` needs to know of its gripper."""

import dataclasses

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import SLIDE, Chain, joints_of, path_to
from robo_ddpg.adopt.gripper.held import Held, find_held
from robo_ddpg.adopt.gripper.pads import Pads, find_pads
from robo_ddpg.adopt.gripper.travel import NoGripperError, Travel, find_travel
from robo_ddpg.adopt.sources import Sources
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import Finger, Gripper, Link
from tasks.arrays import Array
from tasks.described.loading import Opened

SPEED_M_S = 0.1
"""At which pads come nearer to each other [m/s]."""
STIFFNESS_N_M, DAMPING_N_S_M, FORCE_N = 8000.0, 75.0, 30.0
"""Servo of each finger, at its pad, as of our own arm's gripper."""
OBJECT_SHARE = (0.5, 0.625)
"""Widths of objects, as shares of the opening: turned by 45 degrees, the widest still fits in."""
OBJECT_M = (0.04, 0.05)
"""Their greatest widths [m]."""
SMALLEST_M = 0.015
"""Width of the smallest object that is worth it [m]."""
TIED = 0.02
"""How far a joint may be from the curve that it is said to follow [m or rad]."""


def with_gripper(robot: Robot, opened: Opened, chain: Chain, sources: Sources) -> Robot:
    """The robot with what was found of its gripper; why there is none is among the sources.

    Args:
        robot: its arm.
        opened: its file.
        chain: the arm in the file.
        sources: where this is noted.
    """
    out = _out(opened.model, robot)
    try:
        travel = find_travel(opened, chain, out)
        hand = opened.model.body(int(opened.model.jnt_bodyid[chain.joints[-1]])).name
        pads = find_pads(travel, hand, out)
        held = find_held(robot, pads, _objects(pads))
    except NoGripperError as error:
        sources.of["gripper"] = f"none that is understood: at the hand there is {error}"
        return robot
    gripper = _gripper(travel, pads, held, sources)
    return dataclasses.replace(robot, gripper=gripper)


def _out(own: mujoco.MjModel, robot: Robot) -> Array:
    """Which way points out of the hand, in the robot's file as it stands, (3,)."""
    data, rotation = mujoco.MjData(own), np.zeros(9)
    mujoco.mj_kinematics(own, data)
    mujoco.mju_quat2Mat(rotation, np.array(robot.tip.quaternion))
    turned = data.body(robot.tip.body).xmat.reshape(3, 3) @ rotation.reshape(3, 3)
    return np.array(turned[:, 2])


def _objects(pads: Pads) -> tuple[float, float]:
    """Widths of objects that fit between the pads [m]."""
    most = float(pads.gaps_m[-1])
    shares = zip(OBJECT_SHARE, OBJECT_M, strict=True)
    least, greatest = (round(min(share * most, widest), 3) for share, widest in shares)
    if not max(SMALLEST_M, float(pads.gaps_m[0])) < least < greatest < most:
        raise NoGripperError(f"a gripper that opens by only {1000 * most:.0f} mm")
    return least, greatest


def _gripper(travel: Travel, pads: Pads, held: Held, sources: Sources) -> Gripper:
    moved = pads.bodies[:1] if travel.fixed else pads.bodies
    fingers = tuple(_finger(travel, body) for body in moved)
    gripper = Gripper(
        closed_m=round(float(pads.gaps_m[0]), 4),
        open_m=round(float(pads.gaps_m[-1]), 4),
        object_m=_objects(pads),
        speed_m_s=SPEED_M_S / len(fingers),
        stiffness_n_m=STIFFNESS_N_M,
        damping_n_s_m=DAMPING_N_S_M,
        force_n=FORCE_N,
        tip=held.tip,
        space=held.space,
        finger=fingers,
        link=tuple(_links(travel, fingers, pads, sources)),
        shape=pads.shapes,
    )
    _note(gripper, travel, held, sources)
    return gripper


def _finger(travel: Travel, body: str) -> Finger:
    """The first joint on the way from the hand to a pad."""
    model = travel.model
    joints = [j for each in path_to(model, model.body(body).id) for j in joints_of(model, each)]
    ends = np.round(travel.qpos[[0, -1], joints[0]], 5) + 0.0
    return Finger(model.joint(joints[0]).name, float(ends[0]), float(ends[1]))


def _links(travel: Travel, fingers: tuple[Finger, ...], pads: Pads, sources: Sources) -> list[Link]:
    """What else moves, and how it follows the finger on its own side."""
    model, data = travel.model, travel.at(len(travel.qpos) - 1)
    leaders = [model.joint(finger.joint).id for finger in fingers]
    places = [data.xpos[model.body(body).id] for body in pads.bodies]
    ways = travel.qpos - model.qpos0
    found = []
    for joint in set(range(model.njnt)) - set(leaders):
        where = data.xpos[int(model.jnt_bodyid[joint])]
        side = int(np.argmin([np.linalg.norm(where - place) for place in places]))
        curve = np.polynomial.polynomial.polyfit(ways[:, leaders[side]], ways[:, joint], 4)
        off = np.polynomial.polynomial.polyval(ways[:, leaders[side]], curve) - ways[:, joint]
        name = model.joint(joint).name
        if np.abs(off).max() > TIED:
            sources.doubt(f"{name} does not follow {fingers[side].joint} closely")
        a, b, c, d, e = (float(f"{value:.5g}") + 0.0 for value in curve)
        found.append(Link(name, fingers[side].joint, (a, b, c, d, e)))
    return found


def _note(gripper: Gripper, travel: Travel, held: Held, sources: Sources) -> None:
    """Say where its values came from."""
    slides = all(travel.model.joint(f.joint).type[0] == SLIDE for f in gripper.finger)
    kind = ("one {}, a jaw on a fixed one" if travel.fixed else "two {}s").format(
        "slide" if slides else "hinge"
    )
    kind += f" and {len(gripper.link)} joints that go with them" if gripper.link else ""
    driver = ", ".join(travel.actuators) or "nothing in the file"
    sources.of["gripper"] = f"{kind}; {', '.join(travel.drives)} driven by {driver}"
    of = sources.of
    of["gripper.closed_m"] = of["gripper.open_m"] = (
        "seen from between the fingers, at the ends of their travel"
    )
    of["gripper.object_m"] = "half of the opening and a quarter more, up to 4 and 5 cm"
    of["gripper.speed_m_s"] = "assumed"
    for key in ("stiffness_n_m", "damping_n_s_m", "force_n"):
        of[f"gripper.{key}"] = "assumed: as of our own arm's gripper"
    how = f"tilted by {held.tilt_deg} degrees" if held.tilt_deg else "pointing down"
    of["gripper.tip"] = f"where the pads meet, near their ends; the hand is held {how}"
    of["gripper.space.step_m"] = "what the joints get up to within 2.75 control steps of 50 ms"
    of["gripper.space"] = "the largest box that is got to from the table up with the hand like that"
    sources.doubt("speed and force of the gripper were assumed: see [gripper]")
