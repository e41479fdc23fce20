"""Names of quantities are told in words."""

import pytest

from robo_ddpg.runs.quantities import label, words_and_unit


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
    assert words_and_unit(name) == (words, unit)
    assert label(name) == (f"{words} [{unit}]" if unit else words)
