"""Domain randomisation: every world differs from the nominal one, in the way it is said to."""

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from robo_ddpg import RobotEnv, RobotVectorEnv
from robo_ddpg.envs.randomization import PUSH_S, PUSHES_PER_S
from tasks.robust import robust

EVERYTHING: dict[str, Any] = {
    "random_mass": 0.3,
    "random_friction": 0.5,
    "random_strength": 0.2,
    "random_latency_steps": 3,
    "random_push_n": 30.0,
    "random_noise": 0.05,
    "observed_actions": 2,
}


def worlds(task: str, count: int = 24, **settings: Any) -> RobotVectorEnv:
    env = RobotVectorEnv(count, task, autoreset_mode=AutoresetMode.DISABLED, **settings)
    env.reset(seed=0)
    return env


def factors(env: RobotVectorEnv, field: str) -> np.ndarray:
    """Each simulation's value relative to the nominal one, (n,), the same all over the field."""
    nominal = getattr(env.task.model, field)
    there = nominal != 0
    ratio = np.array([getattr(env.batch.get_model(i), field)[there] for i in range(env.num_envs)])
    ratio /= nominal[there]
    np.testing.assert_allclose(ratio, ratio[:, :1] + np.zeros_like(ratio))
    return ratio[:, 0]


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize(
    ("setting", "fields"),
    [
        ("random_mass", ("body_mass", "body_inertia", "body_subtreemass")),
        ("random_friction", ("geom_friction",)),
        ("random_strength", ("actuator_gainprm", "actuator_forcerange")),
    ],
)
def test_factors_fill_their_range_around_the_nominal_value_anew_in_each_episode(
    setting: str, fields: tuple[str, ...]
) -> None:
    env = worlds("locomotion-quadruped", **{setting: 0.5})
    first = [factors(env, field) for field in fields]
    for found in first:
        assert found.min() >= 0.5
        assert found.max() <= 1.5
        assert found.std() > 0.15
        np.testing.assert_allclose(found, first[0])
    mask = np.arange(env.num_envs) < 4
    env.reset(options={"reset_mask": mask})
    again = factors(env, fields[0])
    assert (again[:4] != first[0][:4]).all()
    np.testing.assert_array_equal(again[4:], first[0][4:])


def test_a_heavier_robot_sinks_deeper_into_its_legs() -> None:
    still = {"random_push_n": 0.0, "start_noise_rad": 0.0, "stand_share": 1.0}
    env = worlds("locomotion-quadruped", random_mass=0.5, **still)
    for _ in range(50):
        env.step(np.zeros(env.action_space.shape))
    height = env.batch.bind("qpos")[:, 2]
    assert correlation(factors(env, "body_mass"), height) < -0.9


def test_more_friction_stops_a_sliding_robot_sooner() -> None:
    env = worlds("locomotion", random_friction=0.8, start_noise_rad=0.0)
    env.batch.bind("qvel")[:, 0] = 2.0
    for _ in range(8):
        env.step(np.zeros(env.action_space.shape))
    distance = env.batch.bind("qpos")[:, 0]
    assert correlation(factors(env, "geom_friction"), distance) < -0.8


def test_stronger_actuators_turn_joints_faster() -> None:
    env = worlds("locomotion", random_strength=0.5, start_noise_rad=0.0)
    env.batch.bind("qpos")[:, 1] = 2.0
    env.step(np.full(env.action_space.shape, 0.2))
    speed = env.batch.bind("qvel")[:, 3]
    assert correlation(factors(env, "actuator_gainprm"), speed) > 0.9


def test_actions_arrive_by_the_drawn_number_of_steps_late() -> None:
    env = worlds("locomotion", random_latency_steps=3, start_noise_rad=0.0)
    arrived = []
    for _ in range(5):
        env.step(np.full(env.action_space.shape, 0.5))
        arrived.append(env.simulation.controls[:, -1, 0] == 0.5)
    late = np.argmax(arrived, axis=0)
    assert set(late) == {0, 1, 2, 3}
    env.reset(options={"reset_mask": np.ones(env.num_envs, bool)})
    env.step(np.zeros(env.action_space.shape))
    assert not env.simulation.controls.any()


def test_pushes_come_and_go_and_move_the_robot() -> None:
    env = worlds("locomotion-quadruped", random_push_n=80.0, start_noise_rad=0.0)
    task = env.task
    wrench = env.batch.bind("xfrc_applied")[:, task.model.body(task.push_body).id]
    calm = worlds("locomotion-quadruped", random_push_n=0.0, start_noise_rad=0.0)
    pushed, steps = np.zeros(env.num_envs), 200
    for _ in range(steps):
        env.step(np.zeros(env.action_space.shape))
        calm.step(np.zeros(calm.action_space.shape))
        force = np.hypot(wrench[:, 0], wrench[:, 1])
        assert force.max() <= 80.0
        pushed += force > 0
    expected = PUSH_S * PUSHES_PER_S
    assert 0.5 * expected < pushed.mean() / steps < 1.5 * expected
    moved = np.abs(env.batch.bind("qpos")[:, :2] - calm.batch.bind("qpos")[:, :2]).max(1)
    assert np.median(moved[pushed > 0]) > 0.02


@pytest.mark.parametrize("task", ["reach", "grasp", "locomotion", "locomotion-quadruped"])
def test_a_randomised_simulation_of_a_batch_is_the_single_one_to_the_last_bit(task: str) -> None:
    batch = worlds(task, 3, **EVERYTHING)
    batch.reset(seed=5)
    singles = [RobotEnv(task, **EVERYTHING) for _ in range(3)]
    for k, env in enumerate(singles):
        env.reset(seed=5 + k)
    rng = np.random.default_rng(0)
    for step in range(30):
        actions = rng.uniform(-1, 1, batch.action_space.shape)
        observations = batch.step(actions)[0]
        for k, env in enumerate(singles):
            np.testing.assert_array_equal(env.step(actions[k])[0], observations[k])
        if step == 15:
            batch.reset(options={"reset_mask": np.array([False, True, False])})
            singles[1].reset()


def test_the_last_actions_are_observed_as_they_were_given_however_late_they_arrive() -> None:
    env = worlds("reach", 3, observed_actions=2, random_latency_steps=2)
    part = env.task.layout["last_actions"]
    size = env.single_action_space.shape[0]
    first, second = np.full((3, size), 0.5), np.full((3, size), -3.0)
    second[0, 0] = np.nan
    observed = env.step(first)[0][:, part].reshape(3, 2, size)
    np.testing.assert_array_equal(observed[:, 0], first)
    assert not observed[:, 1].any()
    observed = env.step(second)[0][:, part].reshape(3, 2, size)
    np.testing.assert_array_equal(observed[:, 1], first)
    assert observed[0, 0, 0] == 0.0 and (observed[1:, 0] == -1.0).all()
    observed, _ = env.reset(options={"reset_mask": np.array([True, False, False])})
    assert not observed[0, part].any() and observed[1, part].any()


def test_noise_is_as_strong_as_said_anew_each_step_and_not_on_actions() -> None:
    settings = {"random_noise": 0.05, "observed_actions": 1}
    noisy, clear = worlds("reach", **settings), worlds("reach", observed_actions=1)
    observed = []
    for env in (noisy, clear):
        env.simulation.start(np.arange(env.num_envs))
        env.batch.bind("qpos")[:] = env.task.model.key_qpos[0]
        observed.append([env.step(np.zeros(env.action_space.shape))[0] for _ in range(20)])
    noise = np.subtract(*observed)
    part = noisy.task.layout["joint_position"]
    assert noise[:, :, part].std() == pytest.approx(0.05, rel=0.1)
    assert np.abs(np.diff(noise[:, :, part], axis=0)).min() > 0.0
    assert not noise[:, :, noisy.task.layout["last_actions"]].any()


def test_a_latency_that_is_fixed_is_that_of_every_simulation() -> None:
    env = worlds("locomotion", random_latency_steps=3, start_noise_rad=0.0)
    env.simulation.fix_latency(2)
    env.reset(seed=1)
    for arrives in (False, False, True):
        env.step(np.full(env.action_space.shape, 0.5))
        assert ((env.simulation.controls[:, -1, 0] == 0.5) == arrives).all()


def test_robust_training_reaches_a_tenth_of_a_second() -> None:
    for task in ("reach", "locomotion-quadruped"):
        settings = RobotEnv(task).task.settings
        varied = robust(settings)
        assert 0.1 <= varied["random_latency_steps"] / settings.control_hz < 0.2
        assert varied["observed_actions"] > varied["random_latency_steps"]


@pytest.mark.parametrize(
    "name",
    ["random_mass", "random_push_n", "random_noise", "random_latency_steps", "observed_actions"],
)
def test_a_spread_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        RobotEnv("reach", **{name: -1})
