"""What is said of a training: once, since when, and when it is over."""

import dataclasses
import json
import re

import pytest

from robo_ddpg.agent.diagnostics import Diagnostics
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.training.diagnosis.doctor import Doctor
from robo_ddpg.training.diagnosis.symptom import Failures, Measured
from robo_ddpg.training.diagnosis.value_symptoms import wrong_values
from robo_ddpg.training.diagnosis.values import Promise

HEALTHY = Measured(
    settings=AgentSettings(),
    actions=["speed of left", "speed of right"],
    transitions=0,
    updates=100_000,
    used=0.5,
    learner=Diagnostics(
        reward_unit=1.0,
        saturated_actions=[0.2, 0.2],
        slopes=[0.5, 0.5],
        q=9.0,
        measured_return=9.0,
        largest_return=20.0,
        usual_return=10.0,
        dead_units={"actor": [0.0, 0.3], "critic": [0.0, 0.0]},
    ),
    critic_loss=0.1,
    promise=Promise(value=9.0, obtained=10.0, size=10.0, excess=-1.0, error=0.1),
    constant=[],
    training=Failures(steps=1_000, count=20),
    lasting=100.0,
)
LEARNER = HEALTHY.learner


def stuck(*slopes: float) -> Diagnostics:
    return dataclasses.replace(LEARNER, slopes=[*slopes])


def said(doctor: Doctor, at: int, **changes: object) -> list[tuple[str, list[str], int]]:
    """Kind, components and first sight of what is new."""
    measured = dataclasses.replace(HEALTHY, transitions=at, **changes)  # type: ignore[arg-type]
    return [(new.kind, new.components, new.since) for new in doctor.examine(measured)]


def test_what_shows_twice_in_a_row_is_said_once_with_its_beginning() -> None:
    doctor = Doctor()
    assert said(doctor, 100, learner=stuck(0.0, 0.5)) == []
    assert said(doctor, 200) == []
    assert said(doctor, 300, learner=stuck(0.0, 0.5)) == []
    assert said(doctor, 400, learner=stuck(0.0, 0.5)) == [
        ("saturated actions", ["speed of left"], 300)
    ]
    assert said(doctor, 500, learner=stuck(0.0, 0.5)) == []
    assert doctor.present == 1


def test_another_component_is_said_when_it_comes() -> None:
    doctor = Doctor()
    for at in (100, 200):
        said(doctor, at, learner=stuck(0.0, 0.5))
    assert said(doctor, 300, learner=stuck(0.0, 0.0)) == []
    assert said(doctor, 400, learner=stuck(0.0, 0.0)) == [
        ("saturated actions", ["speed of right"], 300)
    ]


def test_what_is_over_twice_in_a_row_is_cleared_and_said_again_if_it_comes_back() -> None:
    doctor = Doctor()
    for at in (100, 200):
        said(doctor, at, learner=stuck(0.0, 0.5))
    said(doctor, 300)
    assert said(doctor, 400, learner=stuck(0.0, 0.5)) == []
    said(doctor, 500)
    assert doctor.present == 1
    said(doctor, 600)
    assert [finding.cleared for finding in doctor.findings] == [500]
    said(doctor, 700, learner=stuck(0.0, 0.5))
    assert said(doctor, 800, learner=stuck(0.0, 0.5)) == [
        ("saturated actions", ["speed of left"], 700)
    ]


def test_facts_are_said_at_once() -> None:
    assert said(Doctor(), 2_000, constant=["spare"]) == [
        ("constant observations", ["spare"], 2_000)
    ]
    assert said(Doctor(), 900, constant=["spare"]) == []
    assert said(Doctor(), 2_000, constant=["spare"], used=0.2) == []


@pytest.mark.parametrize(
    ("largest", "scale", "text"),
    [
        (3e6, 1.0, r"up to 3e\+06.*--agent.reward-scale 1e-05, or --agent.return-scale 10"),
        (3e6, 1e-2, "--agent.reward-scale 1e-07"),
        (2e-5, 1.0, r"up to 2e-05.*--agent.reward-scale 1e\+06"),
    ],
)
def test_returns_far_from_one_are_named_with_the_setting(
    largest: float, scale: float, text: str
) -> None:
    measured = dataclasses.replace(
        HEALTHY,
        learner=dataclasses.replace(LEARNER, largest_return=largest),
        settings=AgentSettings(reward_scale=scale),
    )
    (finding,) = Doctor().examine(measured)
    assert re.search(text, finding.text)


@pytest.mark.parametrize("largest", [0.0, 0.01, 1.0, 500.0, 1e4])
def test_usual_returns_need_no_advice(largest: float) -> None:
    assert said(Doctor(), 100, learner=dataclasses.replace(LEARNER, largest_return=largest)) == []


def test_effects_are_not_said_beside_their_cause_and_are_once_it_is_gone() -> None:
    doctor = Doctor()
    over = Promise(value=90.0, obtained=10.0, size=10.0, excess=80.0, error=1.0)
    assert said(doctor, 100, promise=over, critic_loss=1e4) == [("critic loss diverges", [], 100)]
    assert said(doctor, 200, promise=over, critic_loss=1e4) == []
    assert said(doctor, 300, promise=over) == []
    assert said(doctor, 400, promise=over) == [("overestimation", [], 300)]


def test_values_are_judged_once_they_had_time_and_are_sure() -> None:
    behind = Promise(value=-15.0, obtained=10.0, size=10.0, excess=-25.0, error=1.0)
    young, unsure, old = Doctor(), Doctor(), Doctor()
    for at in (100, 200):
        assert said(young, at, promise=behind, updates=5_000) == []
        assert said(unsure, at, promise=behind._replace(error=3.0)) == []
        new = said(old, at, promise=behind)
    assert [kind for kind, *_ in new] == ["underestimation"]


@pytest.mark.parametrize(
    ("q", "critics", "text"),
    [
        (90.0, 1, r"promises 90 .*obtains 10, .*overestimates; give --agent.critics 2,"),
        (90.0, 2, r"lower --agent.critic-learning-rate \(now 0.001\) or --agent.discount"),
        (9.0, 2, r"in training 9 was obtained, as it says: look whether evaluations are paid"),
    ],
)
def test_overestimation_is_told_apart_from_evaluations_that_pay_less(
    q: float, critics: int, text: str
) -> None:
    measured = dataclasses.replace(
        HEALTHY,
        settings=AgentSettings(critics=critics),
        learner=dataclasses.replace(LEARNER, q=q),
        promise=Promise(value=90.0, obtained=10.0, size=10.0, excess=80.0, error=1.0),
    )
    (symptom,) = wrong_values(measured)
    assert re.search(text, symptom.text([]))


def test_a_doctor_that_goes_on_remembers() -> None:
    doctor, again = Doctor(), Doctor()
    said(doctor, 1_000, learner=stuck(0.0, 0.0), constant=["spare"])
    again.load_state(json.loads(json.dumps(doctor.state())))
    assert again == doctor
    assert said(again, 2_000, learner=stuck(0.0, 0.0)) == [
        ("saturated actions", ["speed of left", "speed of right"], 1_000)
    ]
