"""Names of quantities in files of earlier versions are told in words."""

import pytest

from robo_ddpg.runs.quantities import measure_of
from tasks.quantities import Measure


@pytest.mark.parametrize(
    ("name", "words", "unit"),
    [
        ("distance_m", "distance", "m"),
        ("velocity_error_m_s", "velocity error", "m/s"),
        ("turn_error_rad_s", "turn error", "rad/s"),
        ("jerk_rms_rad_s3", "jerk rms", "rad/s³"),
        ("energy_j", "energy", "J"),
        ("held", "held", ""),
        ("on_goal", "on goal", ""),
    ],
)
def test_the_ending_of_a_name_is_its_unit(name: str, words: str, unit: str) -> None:
    assert measure_of(name) == Measure(words, unit)


def test_a_measure_says_its_unit_with_its_name_and_with_its_value() -> None:
    assert Measure("speed", "m/s").label == "speed [m/s]"
    assert Measure("speed", "m/s").reading(1.2345) == "1.23 m/s"
    assert (Measure("held").label, Measure("held").reading(1.0)) == ("held", "1")
