"""Descriptions of robots, as controllers and settings hold them."""

from pathlib import Path

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import source_of
from robo_ddpg.reading.plain_file import read_bytes
from tasks.arm.described.description import Base, Clearance, Joint, Robot, Space
from tasks.arm.described.hand import SHAPES, Finger, GraspSpace, Gripper, Link, Shape, Tip
from tasks.described.reading import MOST_BYTES, written

_POINT, _TURN = (0.3, 0.0, 0.1), (1.0, 0.0, 0.0, 0.0)


def good_robot() -> bytes:
    """An arm of two joints with a gripper."""
    joints = tuple(
        Joint(name, -2.8, 2.8, 0.1, 2.0, 60.0, 3000.0, 90.0, 0.05, 10.0, 2000.0)
        for name in ("shoulder", "elbow")
    )
    robot = Robot(
        name="tester",
        model="/nowhere/tester.xml",
        down=True,
        hand_speed_m_s=1.5,
        touching=("hand",),
        base=Base("stand", _POINT, _TURN),
        tip=Tip("hand", _POINT, _TURN),
        workspace=Space(_POINT, (0.4, 0.1, 0.25), (0.2, -0.25, 0.01), (0.5, 0.25, 0.4)),
        clearance=(Clearance("elbow", 0.05),),
        joint=joints,
        gripper=_gripper(),
    )
    return written(robot).encode()


def _gripper() -> Gripper:
    flat, half = (0.3, 0.0), (0.01, 0.002, 0.01)
    return Gripper(
        closed_m=0.0,
        open_m=0.08,
        object_m=(0.04, 0.05),
        speed_m_s=0.05,
        stiffness_n_m=800.0,
        damping_n_s_m=20.0,
        force_n=30.0,
        tip=Tip("hand", _POINT, _TURN),
        space=GraspSpace((0.1, 0.1), flat, (0.4, 0.1), _POINT, (0.4, 0.1, 0.2), _POINT, _POINT),
        finger=(Finger("left", 0.0, 0.04), Finger("right", 0.0, -0.04)),
        link=(Link("rod", "left", (0.0, 1.0, 0.0, 0.0, 0.0)),),
        shape=tuple(Shape(name, "hand", _POINT, _TURN, half) for name in SHAPES),
    )


def read_robot(path: Path) -> None:
    """Let a controller of a stranger's ask for a task on the robot, without its model."""
    try:
        text = read_bytes(path, MOST_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return
    controller = Controller.find("reach")
    controller.own = False
    source_of(controller).complete(controller.task["settings"] | {"robot": text})
