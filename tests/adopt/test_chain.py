"""What kind of robot a file is, and where its tip is."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.adopt.chain import find_chain
from robo_ddpg.adopt.placing import find_base
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.tip import beyond_tip, find_tip
from tasks.described.error import RobotError
from tests.adopt.robots import NAMES, arm_xml

FINGERS = "".join(
    f'<body name="finger{i}"><joint name="slide{i}" type="slide" axis="0 {y} 0" range="0 0.04"/>'
    f'<geom size="0.005" pos="0 0 0.09"/></body>'
    for i, y in enumerate((1, -1))
)
LEG = (
    '<body name="leg{i}" pos="{x} 0 0"><joint/><geom size="0.02"/>'
    '<body><joint/><geom size="0.02"/></body></body>'
)
SLIDING_HAND = '<body><joint name="rail" type="slide"/><geom size=".01"/><site name="tcp"/></body>'
LEGS = "".join(LEG.format(i=i, x=i) for i in range(4))


def model_of(xml: str) -> mujoco.MjModel:
    spec = mujoco.MjSpec.from_string(xml)
    for index, joint in enumerate(spec.joints):
        joint.name = joint.name or f"joint{index}"
    return spec.compile()


def test_the_hinges_from_the_base_to_the_site_that_is_named_like_a_tip() -> None:
    model = model_of(arm_xml())
    chain = find_chain(model)
    assert tuple(model.joint(joint).name for joint in chain.joints) == NAMES
    assert (model.body(chain.base).name, model.body(chain.body).name) == ("stand", "l6")
    assert "grasp" in chain.source


def test_fingers_do_not_belong_to_the_arm_and_a_tip_is_proposed_between_them() -> None:
    model, sources = model_of(arm_xml(FINGERS, actuators="")), Sources()
    chain = find_chain(model)
    assert (len(chain.joints), model.body(chain.body).name, chain.site) == (6, "l6", None)
    tip = find_tip(model, chain, sources)
    # The fingers' spheres end 95 mm in front of the last joint.
    np.testing.assert_allclose(tip.position_m, [0, 0, 0.095], atol=1e-3)
    assert "--tip" in sources.doubts[0]


@pytest.mark.parametrize(
    ("site", "approach", "expected"),
    [
        # Its own frame already has z out of the hand.
        ("", None, [0, 0, 1]),
        # z is along the hand's y: turned until it is the last joint's axis.
        ('euler="1.5707963 0 0"', None, [0, 0, 1]),
        # Somebody knows better.
        ("", "x", [1, 0, 0]),
    ],
)
def test_z_of_the_tip_points_out_of_the_hand(
    site: str, approach: str | None, expected: list[float]
) -> None:
    model = model_of(arm_xml(f'<site name="tcp" pos="0 0 0.1" {site}/>'))
    tip = find_tip(model, find_chain(model), Sources(), approach)
    frame = np.zeros(9)
    mujoco.mju_quat2Mat(frame, np.array(tip.quaternion))
    np.testing.assert_allclose(frame.reshape(3, 3)[:, 2], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("xml", "complaint"),
    [
        (f"<mujoco><worldbody><body name='dog'><freejoint/><geom size='.1'/>{LEGS}</body>"
         "</worldbody></mujoco>", "legged robot"),
        (f"<mujoco><worldbody><body name='two'>{LEG.format(i=1, x=0)}{LEG.format(i=2, x=1)}</body>"
         "</worldbody></mujoco>", "two arms, leg1 and leg2"),
        (arm_xml(links=3, actuators=""), "at least 4 hinges.*has 3"),
        (arm_xml(SLIDING_HAND),
         "'rail', a slide"),
        (arm_xml('<site name="left_grip" pos="0 .1 .1"/><site name="right_grip" pos="0 0 .1"/>'),
         "left_grip, right_grip; choose one by --tip"),
    ],
)  # fmt: skip
def test_what_is_no_arm_or_is_unclear_is_refused_in_one_line(xml: str, complaint: str) -> None:
    with pytest.raises(RobotError, match=complaint) as refused:
        find_chain(model_of(xml))
    assert "\n" not in str(refused.value)


def test_a_frame_without_a_shape_is_a_tip_where_there_is_no_site() -> None:
    frame = (
        '<body name="tool0" pos="0 0 0.12"><inertial pos="0 0 0" mass="1e-3" diaginertia="{0}"/>'
    )
    model = model_of(arm_xml(frame.format("1e-6 1e-6 1e-6") + "</body>"))
    chain, sources = find_chain(model), Sources()
    tip = find_tip(model, chain, sources)
    assert (tip.body, tip.position_m) == ("tool0", (0.0, 0.0, 0.0))
    assert not sources.doubts


def test_the_hand_may_be_lower_beside_its_tip_unless_it_points_down() -> None:
    # A box of 6 cm around the hand's axis, from the wrist to 6 cm; the site is at 10 cm.
    model = model_of(arm_xml())
    site = model.site("grasp").id
    assert beyond_tip(model, site, down=True) == 0.0
    assert beyond_tip(model, site, down=False) == pytest.approx(0.03 * np.sqrt(2), abs=1e-3)


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(RobotError, match=r"'hand'; sites: grasp; bodies: stand, l1"):
        find_chain(model_of(arm_xml()), "hand")


@pytest.mark.parametrize(
    ("base", "height", "turn"),
    [
        ('pos="0 0 0.4"', 0.4, 0.0),  # On a pedestal, where it stays.
        ('pos="1.2 0.3 0.7"', 0.0, 0.0),  # On a table of its own, which is not ours.
        ('pos="0 0 0" euler="0 0 1.5707963"', 0.0, -90.0),  # It would work beside the table.
    ],
)
def test_the_base_stands_at_the_origin_and_faces_the_table(
    base: str, height: float, turn: float, tmp_path: Path
) -> None:
    narrow = 'range="-0.6 0.6"'
    xml = arm_xml(base=base, joint=narrow).replace(
        'name="j2" axis="0 1 0" range="-0.6 0.6"', 'name="j2" axis="0 1 0" range="0.5 1.5"'
    )
    model = model_of(xml)
    chain = find_chain(model)
    found = find_base(model, chain, find_tip(model, chain, Sources()), Sources())
    np.testing.assert_allclose(found.position_m, [0, 0, height], atol=1e-6)
    before, after = model.body("stand").quat, np.array(found.quaternion)
    inverse, between, axis = np.zeros(4), np.zeros(4), np.zeros(3)
    mujoco.mju_negQuat(inverse, before)
    mujoco.mju_mulQuat(between, after, inverse)
    mujoco.mju_quat2Vel(axis, between, 1.0)
    assert np.degrees(axis[2]) == pytest.approx(turn, abs=0.01)
