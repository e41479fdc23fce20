"""What running, hopping, walking and trotting robots are rewarded for, and when they fail."""

from typing import Any

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from robo_ddpg import RobotVectorEnv
from tasks.legged.gait import STILL, Trot
from tasks.legged.planar import PITCH, Planar, X, Z
from tasks.legged.quadruped import Quadruped
from tasks.legged.stepping import FALLEN, FALLEN_RAD, Hopper, Stepping, Walker
from tasks.rotation import rotations, to_body

STEPPING = ("locomotion-hopper", "locomotion-walker")


def planar(name: str) -> tuple[RobotVectorEnv, Planar]:
    env = RobotVectorEnv(3, name, autoreset_mode="Disabled", start_noise_rad=0.0)
    env.reset(seed=0)
    assert isinstance(env.task, Planar)
    return env, env.task


def quadruped(count: int = 4, **settings: object) -> tuple[RobotVectorEnv, Quadruped]:
    env = RobotVectorEnv(
        count, "locomotion-quadruped", autoreset_mode="Disabled", random_push_n=0.0, **settings
    )
    env.reset(seed=0)
    assert isinstance(env.task, Quadruped)
    return env, env.task


def keep_the_beat(task: Stepping, phase: NDArray[np.floating[Any]]) -> None:
    if isinstance(task, Hopper):
        task.qvel[:, Z] = np.sin(phase) * task.hop_m_s
    if isinstance(task, Walker):
        task.joint_position[:, 0] = np.sin(phase) * task.stride_rad + task.joint_position[:, 3]


@pytest.mark.parametrize("name", ["locomotion", *STEPPING])
def test_speed_counts_linearly_up_to_what_is_asked_for_and_only_upright(name: str) -> None:
    _, task = planar(name)
    task.qvel[:, X] = np.array([-1.0, 0.5, 1.04]) * task.settings.speed_m_s
    np.testing.assert_allclose(task.reward_terms()["speed"], [0.0, 0.5, 1.0])
    task.qpos[:, PITCH] = np.pi
    assert (task.reward_terms()["speed"] < 1e-6).all()


@pytest.mark.parametrize("name", ["locomotion", *STEPPING])
def test_twice_as_fast_as_asked_for_earns_nothing(name: str) -> None:
    _, task = planar(name)
    task.qvel[:, X] = 2.0 * task.settings.speed_m_s
    assert task.reward_terms()["speed"].max() < 0.01


@pytest.mark.parametrize("name", ["locomotion", *STEPPING])
def test_joints_faster_than_their_motors_earn_next_to_nothing(name: str) -> None:
    _, task = planar(name)
    task.qvel[:, X] = task.settings.speed_m_s
    shares = np.array([0.5, 0.8, 1.3])
    task.records["qvel"][:, 3, -1] = shares * task.robot.velocity_rad_s[-1]
    for term in ("speed", "smooth", "economy", "grip"):
        rewards = task.reward_terms()[term]
        assert rewards[0] == rewards[1] > 10 * rewards[2]


def test_feet_that_slip_or_land_hard_cost_the_runner_its_reward() -> None:
    _, task = planar("locomotion")
    task.qvel[:, X] = task.settings.speed_m_s
    first = task.model.sensor(f"{task.robot.foot_geoms[0]}_on_ground").adr[0]
    touch = task.records["sensordata"][:, :, first : first + 7]
    touch[:, 0, 0] = 100.0
    touch[:, 0, 3] = [0.0, 0.0, -0.03]
    touch[:, 0, 5] = [0.0, 1.0, 0.0]
    terms = task.reward_terms()
    assert terms["speed"][0] == terms["speed"][1] > 10 * terms["speed"][2]
    assert terms["grip"][0] > 10 * terms["grip"][1]


@pytest.mark.parametrize("name", ["locomotion", *STEPPING, "locomotion-quadruped"])
def test_episodes_begin_on_the_ground_and_not_in_it(name: str) -> None:
    env = RobotVectorEnv(20, name)
    env.reset(seed=0)
    model, data = env.task.model, mujoco.MjData(env.task.model)
    for row in env.simulation.batch.bind("qpos"):
        data.qpos[:] = row
        mujoco.mj_forward(model, data)
        assert data.contact.dist[: data.ncon].min(initial=0.0) > -1e-9


@pytest.mark.parametrize("name", STEPPING)
def test_only_steps_in_the_rhythm_count_as_success(name: str) -> None:
    task = planar(name)[1]
    assert isinstance(task, Stepping)
    for kept in (False, True):
        for _ in range(100):
            task.qvel[:, X] = task.settings.speed_m_s
            task.qvel[:, Z] = task.joint_position[:] = 0.0
            if kept:
                keep_the_beat(task, task._phase + task._phase_step)
            task.advance()
        assert task.success().tolist() == [kept] * 3


def test_a_runner_that_stands_still_earns_nothing() -> None:
    env, _ = planar("locomotion")
    reward = env.step(np.zeros(env.action_space.shape))[1]
    assert reward.max() < 0.02


def test_style_earns_less_the_more_commands_change_and_torque_is_used() -> None:
    env, task = planar("locomotion")
    task.qvel[:, X] = 5.0
    action = np.array([[0.0], [0.5], [1.0]]) * np.ones(6)
    env.step(action)
    task.qvel[:, X] = 5.0
    terms = task.reward_terms()
    for name in ("smooth", "economy"):
        assert (np.diff(terms[name]) < -0.05).all()


@pytest.mark.parametrize("name", STEPPING)
def test_falling_ends_the_episode_and_standing_does_not(name: str) -> None:
    env, task = planar(name)
    assert not env.step(np.zeros(env.action_space.shape))[2].any()
    task.qpos[0, Z] = 0.9 * FALLEN * task.home[Z]
    task.qpos[1, PITCH] = 1.1 * FALLEN_RAD
    np.testing.assert_array_equal(task.failure(), [True, True, False])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", STEPPING)
def test_the_rhythm_pays_for_being_on_the_beat(name: str) -> None:
    env, task = planar(name)
    assert isinstance(task, Stepping)
    task.qvel[:, X] = task.settings.speed_m_s
    keep_the_beat(task, np.arctan2(*env.simulation._observe()[:, -2:].T))
    terms = task.reward_terms()
    np.testing.assert_allclose(terms["rhythm"], 1.0, atol=1e-6)
    if isinstance(task, Hopper):
        task.qvel[:, Z] -= 2.0
        assert (task.reward_terms()["rhythm"] < 0.2 * terms["rhythm"]).all()


def test_vectors_are_turned_into_the_body_as_mujoco_turns_them() -> None:
    rng = np.random.default_rng(0)
    quaternions = rng.normal(size=(5, 4))
    quaternions /= np.linalg.norm(quaternions, axis=1, keepdims=True)
    vectors = rng.normal(size=(5, 3))
    for quaternion, vector, turned in zip(
        quaternions, vectors, to_body(rotations(quaternions), vectors), strict=True
    ):
        inverse, expected = np.zeros(4), np.zeros(3)
        mujoco.mju_negQuat(inverse, quaternion)
        mujoco.mju_rotVecQuat(expected, vector, inverse)
        np.testing.assert_allclose(turned, expected)


def test_diagonal_legs_lift_together_and_the_others_stand() -> None:
    trot = Trot(1, np.zeros(12), 50.0)
    for _ in range(60):
        trot.advance(np.array([[1.0, 0.0, 0.0]]))
        hips = trot.positions[0, 1::3]
        knees = trot.positions[0, 2::3]
        np.testing.assert_allclose(hips[[0, 1]], hips[[3, 2]])
        assert min(hips[0], hips[1]) == 0.0
        np.testing.assert_allclose(knees, -2.0 * hips)


def test_a_trot_without_a_command_comes_to_a_stand() -> None:
    trot = Trot(2, np.zeros(12), 50.0)
    for _ in range(100):
        trot.advance(np.array([[0.0, 0.0, 0.0], [STILL, 0.0, 0.0]]))
    assert np.abs(trot.observed[0]).max() < 1e-3
    assert np.linalg.norm(trot.observed[1]) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("rough_m", [0.0, 0.05])
def test_the_quadruped_trots_at_action_zero_without_falling(rough_m: float) -> None:
    env, task = quadruped(rough_m=rough_m)
    for _ in range(150):
        terminated = env.step(np.zeros(env.action_space.shape))[2]
        assert not terminated.any()
    assert np.abs(task.qpos[:, :2]).max() < 1.0
    assert task.qpos[:, 2].min() > 0.2


def test_commands_change_in_time_within_their_ranges_and_some_are_to_stand() -> None:
    env, task = quadruped(200, command_s=0.1, episode_s=0.4, stand_share=0.3)
    seen = [task.command.copy()]
    for _ in range(19):
        env.step(np.zeros(env.action_space.shape))
        seen.append(task.command.copy())
    commands = np.array(seen)
    changes = np.flatnonzero(np.abs(np.diff(commands, axis=0)).max((1, 2)))
    np.testing.assert_array_equal(changes, [4, 9, 14])
    low, high = commands.min((0, 1)), commands.max((0, 1))
    np.testing.assert_allclose([low, high], [[-0.6, -0.4, -1.0], [1.0, 0.4, 1.0]], atol=0.05)
    still = (commands == 0).all(2).mean()
    assert 0.25 < still < 0.35


def test_following_the_command_earns_the_whole_tracking_reward() -> None:
    _, task = quadruped()
    task.qvel[:, :2] = task.command[:, :2]
    task.qvel[:, 5] = task.command[:, 2]
    task._sense()
    terms = task.reward_terms()
    assert terms["velocity"].min() > 0.99
    assert terms["turn"].min() > 0.98
    task.qvel[:, 0] += 1.0
    task._sense()
    assert task.reward_terms()["velocity"].max() < 0.01


def test_a_quadruped_on_its_side_or_belly_has_fallen() -> None:
    _, task = quadruped()
    task.qpos[0, 3:7] = [np.cos(0.6), np.sin(0.6), 0.0, 0.0]
    task.qpos[1, 2] = 0.1
    task.qpos[2, 3:7] = [np.cos(0.2), 0.0, np.sin(0.2), 0.0]
    task._sense()
    np.testing.assert_array_equal(task.failure(), [True, True, False, False])


def test_rough_ground_is_bumpy_except_at_the_start() -> None:
    _, task = quadruped(1, rough_m=0.05)
    model = task.model
    heights = model.hfield_data.reshape(model.hfield_nrow[0], -1) * model.hfield_size[0, 2]
    middle = len(heights) // 2
    assert heights[middle - 3 : middle + 3, middle - 3 : middle + 3].max() == 0.0
    assert 0.04 < heights.max() <= 0.05
    assert heights.std() > 0.01
