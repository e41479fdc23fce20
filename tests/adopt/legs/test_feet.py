"""What of a leg touches the ground."""

from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.adopt.legs.feet import RADIUS_SHARE, find_foot, leg_length
from robo_ddpg.adopt.sources import Sources
from tests.adopt.legs.dogs import BOX, SPHERE, adopted, dog_xml, stand_of


def test_a_sphere_at_the_end_is_the_foot(tmp_path: Path) -> None:
    stand, sources = stand_of(tmp_path, dog_xml())
    feet = [find_foot(stand, limb, sources) for limb in stand.limbs]
    foot = feet[1]
    assert (foot.geom, foot.radius_m) == ("FR_ball", 0.02)
    np.testing.assert_allclose(foot.position, [0, 0, -0.2], atol=1e-9)
    assert leg_length(stand, feet, sources) == pytest.approx(0.4)


def test_without_one_it_is_the_far_end_of_a_capsule(tmp_path: Path) -> None:
    stand, sources = stand_of(tmp_path, dog_xml(foot=""))
    foot = find_foot(stand, stand.limbs[0], sources)
    assert (foot.geom.startswith("geom"), foot.radius_m) == (True, 0.015)
    np.testing.assert_allclose(foot.position, [0, 0, -0.2], atol=1e-9)


def test_a_sphere_is_added_where_something_else_is_farther(tmp_path: Path) -> None:
    adoption = adopted(tmp_path, dog_xml(foot=BOX))
    leg = adoption.robot.leg[0]
    reach = 0.23
    assert (leg.foot_geom, leg.foot_body) == ("", "FL_calf")
    assert leg.foot_radius_m == pytest.approx(RADIUS_SHARE * reach, abs=1e-4)
    below = [0.0, 0.0, -(1 - RADIUS_SHARE) * reach]
    np.testing.assert_allclose(leg.foot_position_m, below, atol=1e-4)
    assert any("feet.png" in doubt for doubt in adoption.sources.doubts)
    calves = {"FL_shoe", "FR_shoe", "RL_shoe", "RR_shoe"}
    assert not calves & set(adoption.robot.touching)
    assert "trunk_box" in adoption.robot.touching


def test_what_does_not_collide_is_no_foot(tmp_path: Path) -> None:
    ghost = SPHERE + '<geom size="0.01" pos="0 0 -0.3" contype="0" conaffinity="0" mass="0"/>'
    stand, _ = stand_of(tmp_path, dog_xml(foot=ghost))
    assert find_foot(stand, stand.limbs[0], Sources()).geom == "FL_ball"


def test_the_ground_is_solid_for_what_collides_but_not_for_the_floor_of_the_file(
    tmp_path: Path,
) -> None:
    robot = adopted(tmp_path, dog_xml()).robot
    assert "file_floor" not in robot.touching
    assert "FL_ball" not in robot.touching
    assert len(robot.touching) == 1 + 4 * 3
