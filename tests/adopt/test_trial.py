"""Whether an adopted robot can be trained."""

import dataclasses
from typing import Any

import pytest

from robo_ddpg.adopt.trial import Trial
from robo_ddpg.control.arm.monitor import LIMITS

GOOD = Trial(
    reachable=0.5,
    solved=0.95,
    worst_m=0.02,
    steps_per_s=1000.0,
    unstable=0,
    overshoot=dict.fromkeys(LIMITS, 0.01),
    weak=True,
    collisions=("a and b",),
    grasped=0.9,
)


def test_an_arm_that_is_calm_and_solves_nearly_all_can_be_trained() -> None:
    assert GOOD.objections == []


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"solved": 0.8}, "the scripted solution solves 80%, not 90%"),
        ({"unstable": 1}, "random motion makes the simulation unstable"),
        (
            {"overshoot": GOOD.overshoot | {"joint_velocity": 4.0}},
            "the arm does not follow its commands (joint_velocity)",
        ),
    ],
)
def test_what_is_in_the_way_is_named(changes: dict[str, Any], objection: str) -> None:
    assert dataclasses.replace(GOOD, **changes).objections == [objection]


@pytest.mark.parametrize(("grasped", "can"), [(None, False), (0.89, False), (0.9, True)])
def test_grasp_can_be_trained_where_the_script_solves_nearly_all(
    grasped: float | None, can: bool
) -> None:
    trial = dataclasses.replace(GOOD, grasped=grasped)
    assert trial.grasps is can
    assert trial.objections == []
