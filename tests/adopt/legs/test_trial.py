"""Whether an adopted robot on legs can be trained."""

import dataclasses

import pytest

from robo_ddpg.adopt.legs.trial import Trial

GOOD = Trial(1.0, 1.0, 0.05, 0.0005, (), 2e3, 0, {"joint_velocity": 3.0}, True, ())


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"stood": 0.5}, "it stands in 50% of the episodes, not 90%"),
        ({"trotted": 0.25}, "falls in the trot on the spot in 75%"),
        ({"unstable": 1}, "random motion makes the simulation unstable"),
    ],
)
def test_what_keeps_it_from_being_trained_is_said(change: dict[str, float], objection: str) -> None:
    assert GOOD.objections == []
    assert objection in dataclasses.replace(GOOD, **change).objections[0]
