"""Four-legged robots of other people's making, in a few lines each."""

from pathlib import Path

from robo_ddpg.adopt.legs.adopt import Adoption, adopt_legs
from robo_ddpg.adopt.legs.find import Stand, find_legs
from robo_ddpg.adopt.sources import Sources
from tasks.described.loading import open_robot

CORNERS = {"FL": (1, 1), "FR": (1, -1), "RL": (-1, 1), "RR": (-1, -1)}
SPHERE = '<geom name="{leg}_ball" size="0.02" pos="0 0 -0.2" mass="0.05"/>'
BOX = '<geom name="{leg}_shoe" type="box" size="0.02 0.015 0.02" pos="0 0 -0.21" mass="0.05"/>'
MOTORS = "".join(
    f'<motor joint="{leg}_{joint}" ctrlrange="-{torque} {torque}"/>'
    for leg in CORNERS
    for joint, torque in (("abduction", 20), ("hip", 21), ("knee", 30))
)
HOME = "0 0 0.3 1 0 0 0 " + "0 0.8 -1.6 " * 4
STANDS = f'<keyframe><key name="lies" qpos="0 0 .1 1 0 0 0 {"0 1.2 -2.6 " * 4}"/>'
STANDS += f'<key name="home" qpos="{HOME}"/></keyframe>'


def dog_xml(
    *,
    foot: str = SPHERE,
    order: tuple[str, ...] = tuple(CORNERS),
    names: str = "{leg}_{joint}",
    knees: int = 1,
    size: float = 1.0,
    base: str = "<freejoint/>",
    on_back: str = "",
    more: str = "",
) -> str:
    """A dog of 10 kg with legs of 0.4 m, straight down at zero, as MJCF.

    Args:
        foot: what is at the end of each calf.
        order: of its legs in the file.
        names: of its joints.
        knees: sign of the axes of hips and knees.
        size: scale of its lengths.
        base: the joint of its trunk.
        on_back: what else is on the trunk.
        more: actuators and keyframes.
    """
    legs = "".join(_leg(leg, foot, names, knees, size) for leg in order)
    return (
        '<mujoco model="dog"><compiler angle="radian" autolimits="true"/><worldbody>'
        f'<geom name="file_floor" type="plane" size="9 9 .1"/><body name="trunk" pos="0 0 0.5">'
        f'{base}<geom name="trunk_box" type="box" size="{0.2 * size} {0.06 * size} {0.05 * size}" '
        f'mass="6"/>{on_back}{legs}</body></worldbody>{more}</mujoco>'
    )


def _leg(leg: str, foot: str, names: str, knees: int, size: float) -> str:
    x, y = CORNERS[leg]
    calf, thigh = ("-2.7 -0.6", "-0.7 3.5") if knees > 0 else ("0.6 2.7", "-3.5 0.7")

    def joint(which: str, axis: str, limits: str) -> str:
        name = names.format(leg=leg, joint=which)
        return f'<joint name="{name}" axis="{axis}" range="{limits}" armature="0.01"/>'

    def link(mass: float) -> str:
        end = -0.2 * size
        return f'<geom type="capsule" size="0.015" fromto="0 0 0 0 0 {end}" mass="{mass}"/>'

    return (
        f'<body name="{leg}_side" pos="{0.2 * size * x} {0.05 * size * y} 0">'
        f"{joint('abduction', '1 0 0', '-0.8 0.8')}<geom size='0.03' mass='0.3'/>"
        f'<body name="{leg}_thigh" pos="0 {0.08 * size * y} 0">'
        f"{joint('hip', f'0 {knees} 0', thigh)}{link(0.5)}"
        f'<body name="{leg}_calf" pos="0 0 {-0.2 * size}">'
        f"{joint('knee', f'0 {knees} 0', calf)}{link(0.15)}{foot.format(leg=leg)}"
        "</body></body></body>"
    )


def written_in(folder: Path, xml: str) -> Path:
    """The robot's file."""
    path = folder / "dog.xml"
    path.write_text(xml)
    return path


def stand_of(folder: Path, xml: str) -> tuple[Stand, Sources]:
    """The robot on its stand, and what was noted."""
    sources = Sources()
    return find_legs(open_robot(written_in(folder, xml)), sources), sources


def adopted(folder: Path, xml: str) -> Adoption:
    """All that is found out without trying it."""
    path = written_in(folder, xml)
    return adopt_legs(path, open_robot(path))
