"""A policy drives a robot behind a queue, and the robot stays within its limits whatever comes."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.deploy.arm_runtime import ArmRuntime
from robo_ddpg.deploy.messages import Measurement, Setpoints
from robo_ddpg.errors import ControllerError, DeploymentError

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "benchmarks"))

from benchmark_deploy import Trial
from queued_robot import Link, QueuedRobot

GOAL = {"goal": (0.4, 0.2, 0.3)}


@pytest.fixture
def runtime() -> ArmRuntime:
    return ArmRuntime("reach")


@pytest.fixture
def home(runtime: ArmRuntime) -> Measurement:
    """At rest where episodes begin."""
    model = runtime.model
    return Measurement(model.key_qpos[0, :7], np.zeros(7), (0.02, 0.02), GOAL)


def moving(runtime: ArmRuntime, home: Measurement, periods: int = 8) -> Measurement:
    """What is measured after some periods of a robot that follows to the letter."""
    runtime.start(home)
    measured = home
    for _ in range(periods):
        measured = followed(runtime.step(measured))
    assert np.abs(measured.velocity).max() > 0.1
    return measured


def followed(setpoints: Setpoints) -> Measurement:
    return Measurement(setpoints.position[-1], setpoints.velocity[-1], (0.02, 0.02), GOAL)


@pytest.mark.parametrize("name", ["reach", "grasp"])
def test_a_robot_behind_a_queue_is_driven_to_the_goal(name: str) -> None:
    trial = Trial(name, Link(0.002, 0.002))
    assert trial.run(20_002)
    assert trial.outcome.overshoot <= 0.0


def test_setpoints_follow_on_each_other_within_the_limits(
    runtime: ArmRuntime, home: Measurement
) -> None:
    runtime.start(home)
    measured, rows = home, []
    for _ in range(30):
        setpoints = runtime.step(measured)
        rows.append(setpoints)
        measured = followed(setpoints)
    velocity = np.concatenate([row.velocity for row in rows])
    position = np.concatenate([row.position for row in rows])
    spacing = rows[0].time_s[0]
    limits = runtime.arm.limits
    assert (np.abs(velocity) <= limits.velocity_rad_s).all()
    assert (
        np.abs(np.diff(velocity, axis=0)) <= spacing * np.array(limits.acceleration_rad_s2)
    ).all()
    average = (velocity[1:] + velocity[:-1]) / 2
    np.testing.assert_allclose(np.diff(position, axis=0), spacing * average, atol=1e-4)


def test_without_a_measurement_it_brakes_and_then_goes_on(
    runtime: ArmRuntime, home: Measurement
) -> None:
    measured = moving(runtime, home)
    while not runtime.standing:
        setpoints = runtime.step(None)
        assert setpoints.braking == "there is no measurement"
    assert np.abs(setpoints.velocity[-1]).max() < 0.2, "the average of the last period"
    measured = followed(runtime.step(None))
    assert np.abs(measured.velocity).max() < 1e-9
    assert runtime.step(measured).braking == ""


def test_a_measurement_that_is_not_finite_is_none(runtime: ArmRuntime, home: Measurement) -> None:
    measured = moving(runtime, home)
    broken = dataclasses.replace(measured, velocity=np.full(7, np.nan))
    assert runtime.step(broken).braking == "the measurement is not finite"
    assert runtime.step(measured).braking == ""


def test_a_robot_that_does_not_follow_is_stopped_until_it_is_started_anew(
    runtime: ArmRuntime, home: Measurement
) -> None:
    moving(runtime, home)
    elsewhere = np.asarray(home.position) + 0.5 * np.eye(7)[0]
    pushed = dataclasses.replace(home, position=elsewhere)
    assert "joint1 is 0." in runtime.step(pushed).braking
    assert "from where it should be" in runtime.step(home).braking
    while not runtime.standing:
        runtime.step(home)
    runtime.start(home)
    assert runtime.step(home).braking == ""


def test_nothing_moves_before_it_is_started(runtime: ArmRuntime, home: Measurement) -> None:
    assert runtime.step(home).braking == "it was not started"


def test_braking_keeps_the_fingers_closed() -> None:
    trial = Trial("grasp", Link())
    trial.run(20_000)
    closed = trial.runtime.step(None).opening
    assert closed.max() < 0.03
    np.testing.assert_array_equal(closed[0], trial.runtime.step(None).opening[-1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"velocity": [0, 0.3, 0, 0, 0, 0, 0]}, "joint2 moves at 0.30 rad/s"),
        ({"position": [0, 0, 0, 0.2, 0, 1.5, 0]}, "joint4 is at 0.200 rad, beyond"),
        ({"position": [0, 1.5, 0, -0.5, 0, 1.5, 0]}, "outside of the workspace"),
        ({"world": {"goal": (0.4, 0.2, 1.3)}}, r"the goal \[0\.4, 0\.2, 1\.3\] is outside of"),
        ({"position": np.full(7, np.nan)}, "the measurement is not finite"),
    ],
)
def test_it_does_not_start_where_it_knows_nothing(
    change: dict[str, Any], said: str, runtime: ArmRuntime, home: Measurement
) -> None:
    with pytest.raises(DeploymentError, match=f"the arm is not started: .*{said}"):
        runtime.start(dataclasses.replace(home, **change))
    assert runtime.step(home).braking == "it was not started"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"position": np.zeros(6)}, r"position must have shape \(7,\), got \(6,\)"),
        ({"world": {"goal": 1.0}}, r"goal must have shape \(3,\), got \(\)"),
        ({"world": {"cup": np.zeros(7)}}, "the scene has nothing called 'cup'"),
    ],
)
def test_measurements_of_another_form_are_refused(
    change: dict[str, Any], said: str, runtime: ArmRuntime, home: Measurement
) -> None:
    with pytest.raises(ValueError, match=said):
        runtime.start(dataclasses.replace(home, **change))


def test_what_varied_in_training_does_not_vary_on_the_robot(
    runtime: ArmRuntime, home: Measurement
) -> None:
    controller = Controller.find("reach")
    varied = {"random_latency_steps": 3, "random_strength": 0.9, "random_noise": 0.5}
    task = controller.task
    controller.metadata["task"] = task | {"settings": task["settings"] | varied}
    other = ArmRuntime(controller)
    for each in (runtime, other):
        each.start(home)
    for _ in range(5):
        first, second = runtime.step(home), other.step(home)
        np.testing.assert_array_equal(first.position, second.position)


def test_another_robots_model_is_refused() -> None:
    controller = Controller.find("reach")
    controller.metadata["task"] = controller.task | {"model_hash": "0" * 64}
    with pytest.raises(ControllerError, match="trained with another model of the robot"):
        ArmRuntime(controller)


def test_a_robot_on_legs_is_refused() -> None:
    with pytest.raises(ControllerError, match="locomotion-quadruped is no task of an arm"):
        ArmRuntime("locomotion-quadruped")


def test_neither_torch_nor_what_draws_is_needed() -> None:
    program = (
        "import sys; from robo_ddpg.deploy.arm_runtime import ArmRuntime; ArmRuntime('reach'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'av', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_robot_of_the_benchmark_starves_without_setpoints(runtime: ArmRuntime) -> None:
    model = runtime.model
    robot = QueuedRobot(model, runtime.arm, model.key_qpos[0], np.array(GOAL["goal"]))
    robot.step()
    assert robot.starved == 1
