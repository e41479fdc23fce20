"""Descriptions of robots: what is wrong with one is said by its nearest key."""

from pathlib import Path

import pytest

from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.writing import toml_text
from tasks.arm.described.reading import read_robot
from tasks.described.error import RobotError
from tasks.described.reading import written
from tests.adopt.robots import arm_xml, described, write


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """A description as `robo-ddpg adopt` writes it."""
    robot = described(write(tmp_path, arm_xml()))
    path = tmp_path / "tester.toml"
    sources = Sources({"joint.j2.low_rad": "measured", "name": "the file's"}, ["one thing"])
    path.write_text(toml_text(robot, sources, path, "reach"))
    return path


def test_what_was_written_is_read_again_with_the_model_beside_it(
    toml: Path, tmp_path: Path
) -> None:
    robot = described(tmp_path / "tester.xml")
    assert read_robot(str(toml)) == robot
    assert read_robot(written(robot)) == robot
    text = toml.read_text()
    assert 'model = "tester.xml"' in text
    assert text.count("low_rad = -2.8  # measured") == 1
    assert "# Please check: one thing." in text


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("hand_speed_m_s", "hand_sped_m_s", "unknown key hand_sped_m_s; did you mean hand_speed_m"),
        ("home_rad = 0.35", "home = 0.35", r"unknown key joint\[2\]\.home; did you mean home_rad"),
        ("home_rad = 0.35", "", r"joint\[2\]\.home_rad is missing"),
        ("home_rad = 0.35", 'home_rad = "x"', r"joint\[2\]\.home_rad must be a finite number"),
        ("home_rad = 0.35", "home_rad = inf", r"joint\[2\]\.home_rad must be a finite number"),
        ("home_rad = 0.35", "home_rad = 3.5", "joint j2: home_rad must lie between"),
        ("down = true", "down = 1", "down must be true or false, got 1"),
        ("position_m = [0.0, 0.0, 0.0]", "position_m = [0.0, 0.0]", "must have 3 values, got 2"),
        ("[workspace]", "[workplace]", "unknown key workplace; did you mean workspace"),
        ("[workspace]", "[workspace", "is no TOML"),
    ],
)
def test_what_is_wrong_is_named(toml: Path, before: str, after: str, complaint: str) -> None:
    text = toml.read_text()
    assert before in text
    toml.write_text(text.replace(before, after, 1))
    with pytest.raises(RobotError, match=complaint) as refused:
        read_robot(str(toml))
    assert str(toml) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_description_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(RobotError, match="robo-ddpg adopt"):
        read_robot(str(tmp_path / "none.toml"))
    with pytest.raises(RobotError, match="robo-ddpg adopt"):
        read_robot(str(write(tmp_path, arm_xml())))


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b", "/dev/zero", "."])
def test_a_name_that_no_file_can_have_is_no_robot(name: str) -> None:
    with pytest.raises(RobotError, match="there is no robot "):
        read_robot(name)
