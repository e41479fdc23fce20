"""Grippers of one moving jaw: where it closes, how far it opens, and how the hand is held."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.adopt.chain import find_chain
from robo_ddpg.adopt.gripper import held
from robo_ddpg.adopt.gripper.find import with_gripper
from robo_ddpg.adopt.gripper.travel import JAW_RAD, NoGripperError
from robo_ddpg.adopt.sources import Sources
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import GraspSpace, Tip
from tasks.described.loading import open_robot
from tests.adopt.robots import SITE, arm_xml, described, gripping, write


def jaws(side: int, moves: str = 'axis="{} 0 0" range="-0.1 1.6"') -> str:
    """A jaw on the left (1) or the right (-1), and a fixed one whose face is at y = 0."""
    box = 'type="box" size="0.009 0.005 0.03" mass="0.02"'
    return (
        f'<geom name="fixed" {box} pos="0 {-0.005 * side} 0.09"/>'
        f'<body name="jaw" pos="0 {0.01 * side} 0.03"><joint name="jaw" {moves.format(-side)}/>'
        f'<geom name="jaw" {box} pos="0 {-0.005 * side} 0.06"/></body>'
    )


def found(folder: Path, hand: str) -> tuple[Robot, Sources]:
    path, sources = write(folder, arm_xml(SITE + hand)), Sources()
    opened = open_robot(path)
    return with_gripper(described(path), opened, find_chain(opened.model), sources), sources


@pytest.fixture
def area(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> GraspSpace:
    """Where the arm gets to is known already."""
    gripper = gripping(tmp_path / "tester.xml").gripper
    assert gripper is not None
    monkeypatch.setattr(held, "find_area", lambda *_: gripper.space)
    return gripper.space


@pytest.mark.usefixtures("area")
@pytest.mark.parametrize("side", [1, -1])
def test_a_hinged_jaw_opens_as_far_as_it_holds_something(side: int, tmp_path: Path) -> None:
    robot, sources = found(tmp_path, jaws(side))
    gripper = robot.gripper
    assert gripper is not None, sources.of["gripper"]
    assert [(f.joint, f.closed, f.open) for f in gripper.finger] == [("jaw", -0.1, JAW_RAD - 0.1)]
    tip_z = 0.111 - 0.03  # seen from the hinge
    opens = 0.01 + tip_z * np.sin(JAW_RAD - 0.1) - 0.01 * np.cos(JAW_RAD - 0.1)
    assert gripper.open_m == pytest.approx(opens, abs=3e-3)
    assert gripper.travel_m == pytest.approx(gripper.open_m - gripper.closed_m)
    assert gripper.object_m[1] == pytest.approx(0.625 * gripper.open_m, abs=1e-3)
    shapes = {shape.name: shape for shape in gripper.shape}
    assert shapes["left_pad"].body == "jaw"
    fixed = shapes["right_pad"]
    assert fixed.body == gripper.tip.body == "l6"
    assert fixed.position_m[1] + side * fixed.half_m[1] == pytest.approx(0.0, abs=1e-3)
    # The tip is where the pads meet; closed, the jaw of this file is in the fixed one.
    expected = (0.0, side * gripper.closed_m / 2, 0.111)
    np.testing.assert_allclose(gripper.tip.position_m, expected, atol=2e-3)
    palm = shapes["hand"]
    assert palm.position_m[2] + palm.half_m[2] == pytest.approx(0.07, abs=1e-3)  # the last link
    assert "one hinge, a jaw on a fixed one; jaw driven by nothing" in sources.of["gripper"]


@pytest.mark.usefixtures("area")
def test_a_jaw_that_slides_is_one_too(tmp_path: Path) -> None:
    robot, _ = found(tmp_path, jaws(1, 'type="slide" axis="0 1 0" range="0 0.06"'))
    gripper = robot.gripper
    assert gripper is not None
    assert (gripper.closed_m, gripper.open_m) == (0.0, 0.06)
    assert [(f.closed, f.open) for f in gripper.finger] == [(0.0, 0.06)]


@pytest.mark.usefixtures("area")
def test_a_jaw_that_faces_nothing_is_no_gripper(tmp_path: Path) -> None:
    alone = jaws(1).partition("<body")
    robot, sources = found(tmp_path, "<body" + alone[2])
    assert robot.gripper is None
    assert "no two fingers that face each other" in sources.of["gripper"]


@pytest.mark.parametrize(("wide_m", "tilt"), [((0.1, 0.25, 0.3), 45), ((0.2, 0.25, 0.3), 30)])
def test_the_hand_of_an_arm_of_five_joints_is_tilted_no_farther_than_it_has_to_be(
    wide_m: tuple[float, ...],
    tilt: int,
    area: GraspSpace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Tip] = []

    def find_area(robot: Robot, tip: Tip, *_: object) -> GraspSpace:
        tried.append(tip)
        if len(tried) < 2:
            raise NoGripperError("no table")
        home = area.home_rad[-len(robot.joint) :]
        high = (area.goal_low_m[0] + wide_m[len(tried) - 2], *area.goal_high_m[1:])
        return dataclasses.replace(area, home_rad=home, goal_high_m=high)

    monkeypatch.setattr(held, "find_area", find_area)
    path, sources = write(tmp_path, arm_xml(SITE + jaws(1))), Sources()
    opened = open_robot(path)
    robot = described(path)
    short = dataclasses.replace(robot, joint=robot.joint[1:])
    tilted = with_gripper(short, opened, find_chain(opened.model), sources).gripper
    assert tilted is not None
    assert f"the hand is held tilted by {tilt} degrees" in sources.of["gripper.tip"]
    half = np.radians(tilt) / 2
    np.testing.assert_allclose(tilted.tip.quaternion, (np.cos(half), 0, np.sin(half), 0), atol=1e-6)
    tried.clear()
    assert with_gripper(robot, opened, find_chain(opened.model), sources).gripper is None
    assert len(tried) == 1  # six joints turn the hand down, or it is no good
