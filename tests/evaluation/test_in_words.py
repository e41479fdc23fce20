"""What is said of an evaluation: numbers with their units, nothing that did not happen."""

import dataclasses

import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.in_words import details, number, other_model
from robo_ddpg.runs.evaluation_statistics import Spread
from tests.runs.examples import STATISTICS

SPREAD = dataclasses.replace(
    STATISTICS,
    quantities={
        "jerk_rms_rad_s3": Spread(32.1, 43.2, 51.0),
        "hold_s": Spread(20.0, 20.0, 20.0),
        "energy_j": Spread(None, None, None),
    },
    safety={"joint_jerk": 0.0, "torque": 0.0004},
    violations={"hand_speed": 0.0, "torque": 1.25},
)


def test_a_quantity_has_its_unit_and_its_spread() -> None:
    lines = dict(details(SPREAD))
    assert lines["jerk rms"] == "32.1 rad/s³, 90 % below 43.2, at most 51"
    assert lines["hold"] == "20 s"
    assert "energy" not in lines


def test_only_what_happened_is_told() -> None:
    lines = dict(details(SPREAD))
    assert lines["altered: torque"] == "0.04 % of steps"
    assert lines["violated: torque"] == "by up to 1.25"
    assert not {"altered: joint jerk", "violated: hand speed"} & lines.keys()


@pytest.mark.parametrize(
    ("value", "said"), [(33_330.4, "33,330"), (100.0, "100"), (0.00242, "0.00242"), (-4.0, "-4")]
)
def test_numbers_have_three_digits_and_no_exponent(value: float, said: str) -> None:
    assert number(value) == said


def test_another_model_than_that_of_training_is_told_and_another_mujoco_beside_it() -> None:
    here = Controller.find("reach")
    trained = here.task["model_hash"]
    assert other_model(here, trained) == other_model(here, None) == ""
    assert "with another model than the one that is simulated now" in other_model(here, "0" * 64)
    here.metadata["versions"] = {"mujoco": "3.1"}
    assert "another model, or version of MuJoCo (3.1, now " in other_model(here, "0" * 64)
    here.metadata["versions"] = None
    assert "with another model than" in other_model(here, "0" * 64)
    del here.metadata["task"]["model_hash"]
    assert other_model(here, "0" * 64) == ""
