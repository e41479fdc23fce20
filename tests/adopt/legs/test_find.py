"""Which limbs are legs, and which is which."""

from pathlib import Path

import pytest

from robo_ddpg.adopt.chain import walks
from tasks.described.error import RobotError
from tasks.described.loading import open_robot
from tests.adopt.legs.dogs import CORNERS, dog_xml, stand_of, written_in
from tests.adopt.robots import arm_xml, write

ORDER = ("FR", "FL", "RR", "RL")
HEAD = '<body name="head" pos=".3 0 0"><joint name="nod" range="-1 1"/><geom size=".02"/>{}</body>'
ARM = HEAD.format(
    "".join(f'<body name="a{i}"><joint name="a{i}" range="-1 1"/><geom size=".02"/>' for i in "123")
    + "</body>" * 3
)


def test_legs_are_named_by_where_they_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    stand, sources = stand_of(tmp_path, dog_xml(order=ORDER, names="{joint}_of_{leg}"))
    assert tuple(limb.name for limb in stand.limbs) == ORDER
    for limb in stand.limbs:
        names = [stand.model.joint(joint).name for joint in limb.joints]
        assert names == [f"{joint}_of_{limb.name}" for joint in ("abduction", "hip", "knee")]
    assert (stand.torso, stand.still, sources.doubts) == ("trunk", (), [])
    assert "names of its joints" in sources.of["leg.FL.name"]


@pytest.mark.parametrize("knees", [1, -1])
def test_the_signs_of_axes_are_found(knees: int, tmp_path: Path) -> None:
    stand, sources = stand_of(tmp_path, dog_xml(knees=knees))
    assert {limb.signs for limb in stand.limbs} == {(1, knees, knees)}
    minus = "-" if knees < 0 else ""
    assert (
        sources.of["leg.RR.joints"] == f"abduction about x, hip about {minus}y, knee about {minus}y"
    )


def test_what_is_on_its_back_is_no_leg_and_stays_still(tmp_path: Path) -> None:
    stand, _ = stand_of(tmp_path, dog_xml(on_back=ARM))
    assert stand.still == ("nod", "a1", "a2", "a3")
    assert stand.model.nv == 12


def test_a_file_without_a_free_joint_has_legs_too(tmp_path: Path) -> None:
    opened = open_robot(written_in(tmp_path, dog_xml(base="")))
    assert walks(opened.model)
    assert not walks(open_robot(write(tmp_path, arm_xml())).model)
    assert len(stand_of(tmp_path, dog_xml(base=""))[0].limbs) == 4


@pytest.mark.parametrize("names", ["{joint}_a_{leg}", "leg_{leg}_b_{joint}"])
def test_names_that_say_where_a_leg_is_are_understood(names: str, tmp_path: Path) -> None:
    _, sources = stand_of(tmp_path, dog_xml(names=names))
    assert sources.doubts == []
    assert "names of its joints" in sources.of["leg.RL.name"]


def test_a_leg_that_is_called_otherwise_is_doubted(tmp_path: Path) -> None:
    turned = dog_xml()
    for leg in CORNERS:
        other = ("R" if leg[0] == "F" else "F") + leg[1]
        turned = turned.replace(f'"{leg}_hip"', f'"{other.lower()}_hip_joint"')
    _, sources = stand_of(tmp_path, turned)
    assert len(sources.doubts) == 4
    assert "x must be forward" in sources.doubts[0]


@pytest.mark.parametrize(
    ("xml", "complaint"),
    [
        (dog_xml(order=("FL", "FR")), r"has limbs \(hinges\): FL_side \(3\), FR_side \(3\)"),
        (dog_xml().replace('axis="1 0 0"', 'axis="0 0 1"'), "must turn about the torso's x axis"),
        (dog_xml().replace('pos="-0.2 -0.05', 'pos="0.3 -0.05'), "corners of a rectangle"),
    ],
)
def test_what_has_not_four_such_legs_is_refused(xml: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(RobotError, match=complaint) as refused:
        stand_of(tmp_path, xml)
    assert "\n" not in str(refused.value)
