"""Grippers of others are found out: how they move, where their pads are, what they can hold."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.adopt import space
from robo_ddpg.adopt.chain import find_chain
from robo_ddpg.adopt.gripper import held
from robo_ddpg.adopt.gripper.area import find_area
from robo_ddpg.adopt.gripper.find import with_gripper
from robo_ddpg.adopt.gripper.pads import find_pads
from robo_ddpg.adopt.gripper.travel import NoGripperError, find_travel
from robo_ddpg.adopt.sources import Sources
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import Gripper, Tip
from tasks.described.loading import open_robot
from tests.adopt.robots import FINGERS, SITE, arm_xml, described, gripping, write

UP = np.array([0.0, 0.0, 1.0])
MIRRORED = FINGERS.replace('axis="0 -1 0" range="0 0.04"', 'axis="0 1 0" range="-0.04 0"')
TIED = (
    '<equality><joint joint1="right_slide" joint2="left_slide" polycoef="0 -1 0 0 0"/></equality>'
)
MOTOR = '<actuator><motor name="grip" joint="left_slide"/>'
FOUR_BAR = "".join(
    f'<body name="{n}_crank" pos="0 {0.03 * s} 0"><joint name="{n}_crank" axis="{s} 0 0" '
    f'range="0 0.8"/><geom size="0.005" mass="0.02"/><body name="{n}" pos="0 {0.03 * s} 0.04">'
    f'<joint name="{n}_tip" axis="{-s} 0 0" range="-1 1"/><geom type="box" size="0.01 0.004 0.02" '
    f'pos="0 {-0.016 * s} 0.04" mass="0.02"/></body></body>'
    f'<body name="{n}_rod" pos="0 {0.01 * s} 0.01"><joint name="{n}_rod" axis="{s} 0 0" '
    f'range="-1 1"/><geom size="0.005" mass="0.02"/></body>'
    for n, s in (("left", 1), ("right", -1))
)
LOOPS = "<equality>" + "".join(
    f'<connect body1="{n}" body2="{n}_rod" anchor="0 {-0.02 * s} 0.01"/>'
    for n, s in (("left", 1), ("right", -1))
)
CRANKS = (
    '<joint joint1="left_crank" joint2="right_crank"/></equality><actuator>'
    '<position name="grip" joint="left_crank" kp="1"/><position joint="right_crank" kp="1"/>'
)


def found(folder: Path, xml: str) -> tuple[Robot, Sources]:
    """What is found of a gripper in a file, with the arm as `described` has it."""
    path, sources = write(folder, xml), Sources()
    opened = open_robot(path)
    return with_gripper(described(path), opened, find_chain(opened.model), sources), sources


@pytest.fixture
def _placed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the arm gets to is known already."""
    gripper = gripping(tmp_path / "tester.xml").gripper
    assert gripper is not None
    monkeypatch.setattr(held, "find_area", lambda *_: gripper.space)


def of_slides(folder: Path, hand: str, rest: str = "<actuator>") -> tuple[Gripper, Sources]:
    robot, sources = found(folder, arm_xml(SITE + hand).replace("<actuator>", rest))
    assert robot.gripper is not None, sources.of["gripper"]
    return robot.gripper, sources


@pytest.mark.usefixtures("_placed")
def test_two_slides_without_ties_or_drives(tmp_path: Path) -> None:
    gripper, sources = of_slides(tmp_path, FINGERS)
    assert [(f.joint, f.closed, f.open) for f in gripper.finger] == [
        ("left_slide", 0.0, 0.04),
        ("right_slide", 0.0, 0.04),
    ]
    assert (gripper.closed_m, gripper.open_m) == (0.0, 0.08)
    assert gripper.object_m == (0.04, 0.05)
    assert (
        "two slides; left_slide, right_slide driven by nothing in the file"
        in (sources.of["gripper"])
    )
    assert any("were assumed: see [gripper]" in doubt for doubt in sources.doubts)


@pytest.mark.usefixtures("_placed")
def test_mirrored_slides_of_which_one_is_driven(tmp_path: Path) -> None:
    gripper, sources = of_slides(tmp_path, MIRRORED, TIED + MOTOR)
    ends = {finger.joint: (finger.closed, finger.open) for finger in gripper.finger}
    np.testing.assert_allclose(ends["left_slide"], (0.0, 0.04), atol=1e-4)
    np.testing.assert_allclose(ends["right_slide"], (0.0, -0.04), atol=1e-4)
    assert "left_slide driven by grip" in sources.of["gripper"]


@pytest.mark.usefixtures("_placed")
def test_the_tip_is_between_the_pads_and_boxes_begin_at_their_faces(tmp_path: Path) -> None:
    gripper, _ = of_slides(tmp_path, FINGERS)
    assert gripper.tip.body == "l6"
    np.testing.assert_allclose(gripper.tip.position_m, (0.0, 0.0, 0.111), atol=1.5e-3)
    pads = {each.name: each for each in gripper.shape}
    left = pads["left_pad"]
    assert left.body == "left"
    assert left.position_m[1] - left.half_m[1] == pytest.approx(0.0, abs=1e-4)
    assert left.half_m[0] == pytest.approx(0.009, abs=2e-3)
    assert pads["right_pad"].position_m[1] == pytest.approx(-left.position_m[1], abs=1e-4)


@pytest.mark.usefixtures("_placed")
def test_a_four_bar_keeps_its_pads_parallel(tmp_path: Path) -> None:
    hand = f'<body name="palm" pos="0 0 0.05">{FOUR_BAR}</body>'
    xml = arm_xml(SITE + hand).replace("<actuator>", LOOPS + CRANKS)
    opened = open_robot(write(tmp_path, xml))
    travel = find_travel(opened, find_chain(opened.model), UP)
    assert travel.actuators[0] == "grip"
    names = [travel.model.joint(i).name for i in range(travel.model.njnt)]
    ways = dict(zip(names, travel.qpos.T, strict=True))
    np.testing.assert_allclose(ways["left_tip"], ways["left_crank"], atol=0.02)
    np.testing.assert_allclose(ways["left_rod"], ways["left_crank"], atol=0.02)
    pads = find_pads(travel, "l6", UP)
    assert pads.bodies in (("left", "right"), ("right", "left"))
    turn = np.linspace(0.8, 0.0, 9)
    at = 0.03 + 0.03 * np.cos(turn) - 0.04 * np.sin(turn) - 0.02  # of a pad's face
    np.testing.assert_allclose(pads.gaps_m, 2 * at, atol=3e-3)
    gripper, sources = of_slides(tmp_path, hand, LOOPS + CRANKS)
    assert {f.joint for f in gripper.finger} == {"left_crank", "right_crank"}
    follows = {link.joint: link.follows for link in gripper.link}
    assert follows["left_tip"] == follows["left_rod"] == "left_crank"
    assert "two hinges and 4 joints that go with them" in sources.of["gripper"]


@pytest.mark.parametrize(
    ("hand", "why"),
    [
        ("", "nothing"),
        (FINGERS.partition("</body>")[0] + "</body>", "face each other"),
        (FINGERS.replace('range="0 0.04"', ""), "no hinge or slide, or has no range"),
        (FINGERS + FINGERS.replace("left", "up").replace("right", "low"), "4 joints that are"),
        (FINGERS.replace('range="0 0.04"', 'range="0 0.001"'), "do not open and close"),
        (FINGERS.replace('range="0 0.04"', 'range="0 0.01"'), "opens by only 20 mm"),
        (FINGERS.replace('name="left" pos="0', 'name="left" pos="0.05'), "face each other"),
    ],
)
@pytest.mark.usefixtures("_placed")
def test_what_is_no_gripper_of_two_fingers_is_said(hand: str, why: str, tmp_path: Path) -> None:
    robot, sources = found(tmp_path, arm_xml(SITE + hand))
    assert robot.gripper is None
    assert why in sources.of["gripper"]


def test_it_picks_up_from_the_table_where_the_hand_gets_to_pointing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "CELLS", (6, 7, 4))
    monkeypatch.setattr(space, "HOMES", 1)
    robot = described(write(tmp_path, arm_xml(SITE + FINGERS)))
    tip = Tip("l6", (0.0, 0.0, 0.111), (1.0, 0.0, 0.0, 0.0))
    area = find_area(robot, tip, 0.009, (0.04, 0.05))
    assert area.low_m[2] == pytest.approx(0.009 + 0.002)
    assert area.goal_low_m[2] == pytest.approx(0.02 + 0.08)
    assert area.goal_high_m[2] >= 0.02 + 0.13
    assert (np.subtract(area.objects_high_m, area.objects_low_m) > 0.06).all()
    stiff = tuple(
        dataclasses.replace(joint, low_rad=joint.home_rad - 0.1, high_rad=joint.home_rad + 0.1)
        for joint in robot.joint
    )
    with pytest.raises(NoGripperError, match="no 8 cm of the table"):
        find_area(dataclasses.replace(robot, joint=stiff), tip, 0.009, (0.04, 0.05))


def test_the_file_is_not_changed(tmp_path: Path) -> None:
    opened = open_robot(write(tmp_path, arm_xml(SITE + FINGERS)))
    before = opened.spec.to_xml()
    find_travel(opened, find_chain(opened.model), UP)
    assert opened.spec.to_xml() == before
