"""From a robot's file to its description: everything that can be found out without training."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from robo_ddpg.adopt import space
from robo_ddpg.adopt.chain import Chain, below, find_chain
from robo_ddpg.adopt.gripper.find import with_gripper
from robo_ddpg.adopt.limits import limits_of
from robo_ddpg.adopt.placing import find_base
from robo_ddpg.adopt.posing import Poser
from robo_ddpg.adopt.servos import driven, measure_load
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.space import LONGEST_M, Found, find_space, grid_axes
from robo_ddpg.adopt.ties import doubt_ties, still_joints
from robo_ddpg.adopt.tip import beyond_tip, find_tip
from tasks.arm.described.description import Clearance, Joint, Robot, Space
from tasks.arm.described.mounting import TIP, model_at_table
from tasks.arrays import Array
from tasks.described.error import RobotError
from tasks.described.loading import Opened

HAND_SPEED_M_S = 1.5
"""Highest speed of the tip [m/s]."""
MARGIN_M = np.array([0.10, 0.15, 0.15])
"""How far the tip may leave the goals' box before the safety filter holds it [m]."""
TABLE_M = 0.004
"""Height above the table that the hand keeps [m]."""
WORTH_POINTING_DOWN = 0.4
"""A box in which the hand points down is taken if it is this large, compared with the largest that
is useful or with one in which it points anywhere."""
LINKS_ABOVE_M = 0.02
"""What is kept free below elbow and wrist, besides their thickness [m]."""


@dataclass(frozen=True)
class Wishes:
    """What a person says of a robot, because its file does not."""

    tip: str | None = None
    """Site or body at the tip."""
    approach: str | None = None
    """Axis of the tip's own frame that points out of the hand, such as `-x`."""
    speed_rad_s: float | None = None
    """Highest speed of all joints [rad/s]."""

    def __post_init__(self) -> None:
        """Check the speed."""
        if self.speed_rad_s is not None and not 0 < self.speed_rad_s < np.inf:
            raise RobotError(f"joint speed must be positive and finite, got {self.speed_rad_s}")


@dataclass(frozen=True)
class Adoption:
    """A robot, and how it was found out."""

    robot: Robot
    """What tasks need."""
    sources: Sources
    """Where its values came from."""
    opened: Opened
    """Its own file."""
    found: Found
    """Its workspace."""
    still: list[str]
    """Joints of the file that are not the arm's."""


def adopt(path: Path, opened: Opened, wishes: Wishes) -> Adoption:
    """Describe the arm in a file.

    Args:
        path: an MJCF or a URDF.
        opened: what is in it.
        wishes: what is known of it besides.

    Raises:
        RobotError: it is no arm, or has no useful workspace.
    """
    own, sources = opened.model, Sources()
    chain = find_chain(own, wishes.tip)
    doubt_ties(own, chain, sources)
    robot = _at_the_table(opened, chain, path, wishes, sources)
    robot = _with_servos(robot, opened, chain, wishes, sources)
    robot, poser = _with_clearance(robot, sources)
    found = _space(poser, sources)
    robot = _with_space(robot, found, poser, sources)
    robot = with_gripper(robot, opened, chain, sources)
    return Adoption(robot, sources, opened, found, still_joints(own, chain))


def _at_the_table(
    opened: Opened, chain: Chain, path: Path, wishes: Wishes, sources: Sources
) -> Robot:
    """The robot with its own frames; everything else is to be found."""
    own = opened.model
    tip = find_tip(own, chain, sources, wishes.approach)
    joints = tuple(_unknown(own, joint) for joint in chain.joints)
    sources.of["name"] = "the file's"
    anywhere = Space((-9.0,) * 3, (9.0,) * 3, (-9.0,) * 3, (9.0,) * 3)
    return Robot(
        name=name_of(opened, path),
        model=str(path.resolve()),
        down=True,
        hand_speed_m_s=sources.noted("hand_speed_m_s", HAND_SPEED_M_S, "assumed"),
        touching=_touching(own, chain, sources),
        base=find_base(own, chain, tip, sources),
        tip=tip,
        workspace=anywhere,
        clearance=(),
        joint=joints,
    )


def name_of(opened: Opened, path: Path) -> str:
    """What a robot is called: as its model, its file, or its folder."""
    given = str(opened.spec.modelname)
    stem = path.parent.name if path.stem in ("robot", "scene", "model") else path.stem
    return stem if given in ("", "MuJoCo Model") else given


def _unknown(own: mujoco.MjModel, joint: int) -> Joint:
    """A joint of which nothing is known but its name."""
    return Joint(own.joint(joint).name, -np.pi, np.pi, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)


def _touching(own: mujoco.MjModel, chain: Chain, sources: Sources) -> tuple[str, ...]:
    """The collision geoms from the elbow outward."""
    elbow = int(own.jnt_bodyid[chain.joints[len(chain.joints) // 2]])
    bodies = set(below(own, elbow))
    geoms = [
        geom
        for geom in range(own.ngeom)
        if int(own.geom_bodyid[geom]) in bodies
        and (own.geom_contype[geom] or own.geom_conaffinity[geom])
    ]
    sources.of["touching"] = "all that collides in the file, from the elbow outward"
    return tuple(own.geom(geom).name for geom in geoms)


def _with_servos(
    robot: Robot, opened: Opened, chain: Chain, wishes: Wishes, sources: Sources
) -> Robot:
    joints = list(chain.joints)
    limits = [limits_of(opened, joint, sources, wishes.speed_rad_s) for joint in joints]
    ranged = [
        dataclasses.replace(
            joint,
            low_rad=limit.low_rad,
            high_rad=limit.high_rad,
            home_rad=(limit.low_rad + limit.high_rad) / 2,
        )
        for joint, limit in zip(robot.joint, limits, strict=True)
    ]
    robot = dataclasses.replace(robot, joint=tuple(ranged))
    scene = model_at_table(robot)
    load = measure_load(scene, list(range(len(joints))))
    home = np.array([joint.home_rad for joint in ranged])
    made = driven(opened.model, joints, limits, load, home, sources)
    return dataclasses.replace(robot, joint=made)


def _with_clearance(robot: Robot, sources: Sources) -> tuple[Robot, Poser]:
    """Keep elbow and wrist above the table by their thickness, where they can be."""
    scene = model_at_table(robot)
    elbow, wrist = (len(robot.joint) - 1) // 2, len(robot.joint) - 1
    bodies = [int(scene.jnt_bodyid[joint]) for joint in (elbow, wrist)]
    points = tuple(
        Clearance(
            scene.body(body).name.removeprefix("robot/"),
            round(_thickness(scene, body) + LINKS_ABOVE_M, 3),
        )
        for body in bodies
    )
    sources.of["clearance"] = "elbow and wrist: half their thickness, and 2 cm"
    robot = dataclasses.replace(robot, clearance=points)
    return robot, Poser(robot, int(np.prod(space.CELLS)))


def _thickness(scene: mujoco.MjModel, body: int) -> float:
    """Half the thickness of the thickest geom of a body [m]."""
    geoms = np.flatnonzero(scene.geom_bodyid == body)
    halves = [np.sort(scene.geom_aabb[geom, 3:])[1] for geom in geoms]
    return float(max(halves, default=0.02))


def _space(poser: Poser, sources: Sources) -> Found:
    """The goals' box: with the hand down where that leaves enough of it."""
    places = poser.place(poser.random(np.random.default_rng(0)))
    places = places[places[:, 2] > 0]

    def axes(*, down: bool) -> tuple[Array, Array, Array]:
        return grid_axes(places, beyond_tip(poser.model, poser.model.site(TIP).id, down=down))

    down = find_space(poser, axes(down=True), down=True)
    if down is not None and down.size >= WORTH_POINTING_DOWN * np.prod(LONGEST_M):
        sources.of["down"] = f"{1000 * down.size:.0f} l of goals are got to with the hand down"
        return down
    free = find_space(poser, axes(down=False), down=False)
    boxes = [f"{1000 * each.size:.0f} l" if each else "no box" for each in (down, free)]
    sources.of["down"] = f"of goals, {boxes[0]} with the hand down, {boxes[1]} without"
    if down is not None and (free is None or down.size >= WORTH_POINTING_DOWN * free.size):
        return down
    if free is None:
        raise RobotError(
            "the arm gets to no box of 8 cm sides above the table: its base may stand in another "
            "place than the file says, or its tip may be another; name it by --tip SITE_OR_BODY"
        )
    return free


def _with_space(robot: Robot, found: Found, poser: Poser, sources: Sources) -> Robot:
    beyond = beyond_tip(poser.model, poser.model.site(TIP).id, down=found.down)
    low, high = found.low - MARGIN_M, found.high + MARGIN_M
    low[2] = max(low[2], beyond + TABLE_M)
    sources.of["workspace.goal_low_m"] = sources.of["workspace.goal_high_m"] = (
        "the largest box of a grid that inverse kinematics from home reaches everywhere"
    )
    sources.of["workspace.low_m"] = sources.of["workspace.high_m"] = "the goals' box and a margin"
    for joint in robot.joint:
        sources.of[f"joint.{joint.name}.home_rad"] = "inverse kinematics at the middle of the goals"
    homes = zip(robot.joint, found.home, strict=True)
    return dataclasses.replace(
        robot,
        down=found.down,
        workspace=Space(*map(_corner, (found.low, found.high, low, high))),
        joint=tuple(dataclasses.replace(j, home_rad=round(float(q), 4)) for j, q in homes),
    )


def _corner(values: Array) -> tuple[float, float, float]:
    x, y, z = np.round(values, 3).tolist()
    return x, y, z
