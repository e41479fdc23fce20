"""From a four-legged robot's file to its description."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robo_ddpg.adopt.adopt import name_of
from robo_ddpg.adopt.chain import below
from robo_ddpg.adopt.legs.driving import driven, file_limits
from robo_ddpg.adopt.legs.feet import Foot, collides, find_foot, leg_length
from robo_ddpg.adopt.legs.find import Stand, find_legs
from robo_ddpg.adopt.legs.poses import Poser
from robo_ddpg.adopt.legs.standing import find_standing
from robo_ddpg.adopt.sources import Sources
from tasks.described.loading import Opened
from tasks.legged.described.description import Leg, Robot
from tasks.legged.four_legs import LEG_M

FORWARD_M_S, SIDEWAYS_M_S, TURN_RAD_S = (-0.6, 1.0), (-0.4, 0.4), (-1.0, 1.0)
"""What our quadruped is asked for [m/s, rad/s]."""
PERIOD_S = 0.45
"""In which each of its legs steps once [s]."""
PUSH_M_S2 = 4.58
"""Its greatest push, 60 N, by its mass of 13.1 kg [m/s^2]."""
LOWEST = 0.632
"""Height at which it counts as fallen, 0.2 m, as a share of the one it stands at."""


@dataclass(frozen=True)
class Adoption:
    """A robot on legs, and how it was found out."""

    robot: Robot
    """What the task needs."""
    sources: Sources
    """Where its values came from."""
    opened: Opened
    """Its own file."""
    stand: Stand
    """The robot on a stand."""


def adopt_legs(path: Path, opened: Opened, speed_rad_s: float | None = None) -> Adoption:
    """Describe the four-legged robot in a file.

    Args:
        path: an MJCF or a URDF.
        opened: what is in it.
        speed_rad_s: speed of all joints, if somebody knows [rad/s].

    Raises:
        RobotError: it has not four legs of abduction, hip and knee, or they do not stand.
    """
    sources = Sources({"name": "the file's", "mass_kg": "the sum of its bodies"})
    stand = find_legs(opened, sources)
    feet = [find_foot(stand, limb, sources) for limb in stand.limbs]
    length = leg_length(stand, feet, sources)
    limits = file_limits(opened, stand, length, speed_rad_s, sources)
    low, high = np.array([(limit.low_rad, limit.high_rad) for limit in limits]).T
    standing = find_standing(Poser(stand, feet, low, high), opened.model, length, sources)
    pace = float(np.sqrt(length / LEG_M))
    _note_sizes(sources)
    mass = float(stand.model.body_mass.sum())
    robot = Robot(
        name=name_of(opened, path),
        model=str(path.resolve()),
        torso=stand.torso,
        mass_kg=round(mass, 3),
        leg_m=round(length, 4),
        height_m=round(standing.height_m, 4),
        lowest_m=round(LOWEST * standing.height_m, 3),
        period_s=round(PERIOD_S * pace, 3),
        forward_m_s=_scaled(FORWARD_M_S, pace),
        sideways_m_s=_scaled(SIDEWAYS_M_S, pace),
        turn_rad_s=_scaled(TURN_RAD_S, 1 / pace),
        push_n=float(f"{PUSH_M_S2 * mass:.3g}"),
        touching=_touching(stand, feet, sources),
        leg=tuple(_leg(stand, index, foot) for index, foot in enumerate(feet)),
        joint=driven(stand, standing, limits, sources),
    )
    return Adoption(robot, sources, opened, stand)


def _scaled(ends: tuple[float, float], factor: float) -> tuple[float, float]:
    low, high = (round(end * factor, 2) for end in ends)
    return low, high


def _note_sizes(sources: Sources) -> None:
    froude = "our quadruped's, by the square root of the leg's length: the same Froude number"
    for key in ("forward_m_s", "sideways_m_s", "turn_rad_s", "period_s"):
        sources.of[key] = froude
    sources.of["lowest_m"] = "63 % of the height, as our quadruped's"
    sources.of["push_n"] = "our quadruped's, by the mass"


def _touching(stand: Stand, feet: list[Foot], sources: Sources) -> tuple[str, ...]:
    """What collides in the file, feet aside; of shanks with an added foot that only."""
    model = stand.model
    bodies = set(below(model, model.body(stand.torso).id))
    bodies -= {foot.body for foot in feet if not foot.geom}
    taken = {foot.geom for foot in feet}
    sources.of["touching"] = "all that collides in the file, feet aside"
    return tuple(
        model.geom(geom).name
        for geom in range(model.ngeom)
        if int(model.geom_bodyid[geom]) in bodies
        and collides(model, geom)
        and model.geom(geom).name not in taken
    )


def _leg(stand: Stand, index: int, foot: Foot) -> Leg:
    model, limb = stand.model, stand.limbs[index]
    x, y, z = np.round(foot.position, 5).tolist()
    return Leg(
        name=limb.name,
        joints=tuple(model.joint(joint).name for joint in limb.joints),
        foot_body=model.body(foot.body).name,
        foot_position_m=(x, y, z),
        foot_radius_m=round(foot.radius_m, 4),
        foot_geom=foot.geom,
    )
