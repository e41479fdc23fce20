"""Robots of other people's making, in a few lines each."""

import dataclasses
from pathlib import Path

from tasks.arm.described.description import Base, Clearance, Joint, Robot, Space
from tasks.arm.described.hand import Finger, GraspSpace, Gripper, Shape, Tip

LINKS = (
    # Axis, offset from the link before [m].
    ("0 0 1", "0 0 0.10"),
    ("0 1 0", "0 0 0.08"),
    ("0 1 0", "0 0 0.30"),
    ("0 0 1", "0 0 0.10"),
    ("0 1 0", "0 0 0.18"),
    ("0 0 1", "0 0 0.05"),
)
NAMES = tuple(f"j{i}" for i in range(1, 7))
SITE = '<site name="grasp" pos="0 0 0.1"/>'
FINGERS = "".join(
    f'<body name="{name}" pos="0 0 0.06"><joint name="{name}_slide" type="slide" axis="0 {side} 0" '
    f'range="0 0.04"/><geom name="{name}_box" type="box" size="0.009 0.005 0.03" '
    f'pos="0 {0.005 * side} 0.03" mass="0.02"/></body>'
    for name, side in (("left", 1), ("right", -1))
)
"""Two fingers that open to 80 mm; their pads end 0.12 m from the wrist."""
POSITION = "".join(f'<position joint="{name}" kp="300" kv="20"/>' for name in NAMES)


def arm_xml(
    inside: str = SITE,
    *,
    actuators: str = POSITION,
    joint: str = 'range="-2.8 2.8" actuatorfrcrange="-60 60" armature="0.05"',
    base: str = 'pos="0 0 0"',
    links: int = 6,
    more: str = "",
) -> str:
    """A six-joint arm that stands up straight at zero, as MJCF; `inside` is in its hand."""
    body = f'<geom type="box" size="0.03 0.03 0.03" pos="0 0 0.03" mass="0.2"/>{inside}'
    for i in range(links, 0, -1):
        axis, offset = LINKS[i - 1]
        body = (
            f'<body name="l{i}" pos="{offset}"><joint name="j{i}" axis="{axis}" {joint}/>'
            f'<geom type="capsule" size="0.02" fromto="0 0 0 0 0 0.05" mass="0.5"/>{body}</body>'
        )
    base_geom = '<geom type="cylinder" size="0.05 0.05" pos="0 0 0.05"/>'
    return (
        '<mujoco model="tester"><compiler angle="radian" autolimits="true"/><worldbody>'
        f'<body name="stand" {base}>{base_geom}{body}</body>{more}</worldbody>'
        f"<actuator>{actuators}</actuator></mujoco>"
    )


def write(folder: Path, text: str, name: str = "tester.xml") -> Path:
    """A robot's file."""
    path = folder / name
    path.write_text(text)
    return path


def described(model: Path) -> Robot:
    """What `arm_xml` makes, described by hand: the hand down, half a metre in front of the base."""
    home = (0.0, 0.35, 1.6, 0.0, 1.19, 0.0)
    joints = tuple(
        Joint(name, -2.8, 2.8, q, 2.0, 60.0, 3000.0, 90.0, 0.05, 10.0, 2000.0)
        for name, q in zip(NAMES, home, strict=True)
    )
    return Robot(
        name="tester",
        model=str(model),
        down=True,
        hand_speed_m_s=1.5,
        touching=(),
        base=Base("stand", (0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)),
        tip=Tip("l6", (0.0, 0.0, 0.1), (1.0, 0.0, 0.0, 0.0)),
        workspace=Space((0.3, -0.1, 0.1), (0.4, 0.1, 0.25), (0.2, -0.25, 0.01), (0.5, 0.25, 0.4)),
        clearance=(Clearance("l3", 0.05),),
        joint=joints,
    )


def gripping(model: Path) -> Robot:
    """What `arm_xml(SITE + FINGERS)` makes, described by hand."""
    middle = (0.0, 0.0, 0.0)
    shapes = tuple(
        Shape(f"{name}_{part}", name, (0.0, side * y, z), (1.0, *middle), half)
        for name, side in (("left", 1), ("right", -1))
        for part, y, z, half in (
            ("pad", 0.002, 0.05, (0.009, 0.002, 0.01)),
            ("finger", 0.006, 0.03, (0.009, 0.0045, 0.03)),
        )
    )
    gripper = Gripper(
        closed_m=0.0,
        open_m=0.08,
        object_m=(0.04, 0.05),
        speed_m_s=0.05,
        stiffness_n_m=800.0,
        damping_n_s_m=20.0,
        force_n=30.0,
        tip=Tip("l6", (0.0, 0.0, 0.11), (1.0, *middle)),
        space=GraspSpace(
            (0.0, 0.35, 1.6, 0.0, 1.19, 0.0),
            *((0.28, -0.1), (0.36, 0.1)),
            *((0.26, -0.12, 0.1), (0.38, 0.12, 0.2)),
            *((0.16, -0.25, 0.012), (0.48, 0.25, 0.35)),
        ),
        finger=tuple(Finger(f"{name}_slide", 0.0, 0.04) for name in ("left", "right")),
        link=(),
        shape=(*shapes, Shape("hand", "l6", (0.0, 0.0, 0.05), (1.0, *middle), (0.03, 0.05, 0.01))),
    )
    return dataclasses.replace(described(model), gripper=gripper)
