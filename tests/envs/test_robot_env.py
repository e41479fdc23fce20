"""The single environment beyond what every task is tested for."""

import subprocess
import sys
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv

import tasks
from robo_ddpg import RobotEnv
from robo_ddpg.errors import RenderingError, SettingsError
from tasks import UnknownTaskError


def test_settings_change_the_task() -> None:
    env = RobotEnv("reach", episode_s=1.0, control_hz=10.0)
    assert env.task.episode_steps == 10
    assert env.metadata["render_fps"] == 10.0


def test_a_task_object_can_be_given() -> None:
    task = tasks.make("reach", episode_s=0.5)
    assert RobotEnv(task).task is task


def test_settings_beside_a_task_object_are_refused_rather_than_ignored() -> None:
    with pytest.raises(SettingsError, match="episode_s"):
        RobotEnv(tasks.make("reach"), episode_s=0.5)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"episode_s": -1.0}, "episode_s"),
        ({"episode_s": 0.001}, "episode_s"),
        ({"episode_s": float("inf")}, "episode_s"),
        ({"control_hz": 30.0}, "timestep_s"),
        ({"action": "telepathy"}, "telepathy"),
        ({"tolerance_m": 0.0}, "tolerance_m"),
        ({"goal_low_m": (1.0, 1.0, 1.0)}, "goal_low_m"),
        ({"no_such_setting": 1}, "no_such_setting"),
    ],
)
def test_settings_that_cannot_work_are_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        RobotEnv("reach", **settings)


def test_an_unknown_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownTaskError, match="did you mean 'reach'"):
        RobotEnv("reech")


@pytest.mark.parametrize("shape", [(), (2,), (4,), (1, 3)])
def test_an_action_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    env = RobotEnv("reach")
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        env.step(np.zeros(shape, np.float32))


def test_a_window_is_left_to_gymnasium() -> None:
    with pytest.raises(ValueError, match="'human'"):
        RobotEnv("reach", render_mode="human")


def test_an_unknown_camera_is_answered_with_those_there_are() -> None:
    env = RobotEnv("reach", render_mode="rgb_array", camera="nowhere")
    env.reset(seed=0)
    with pytest.raises(RenderingError, match="front"):
        env.render()


def test_without_a_render_mode_there_is_no_image() -> None:
    env = RobotEnv("reach")
    env.reset(seed=0)
    assert env.render() is None


def test_rendering_does_not_disturb_the_episode() -> None:
    def rewards(mode: str | None) -> list[Any]:
        env = RobotEnv("reach", render_mode=mode, width=32, height=32)
        env.reset(seed=0)
        got = []
        for _ in range(5):
            got.append(env.step(np.full(3, 0.5, np.float32))[1])
            env.render()
        env.close()
        return got

    assert rewards(None) == rewards("rgb_array")


def test_unseeded_episodes_differ() -> None:
    first, second = RobotEnv("reach"), RobotEnv("reach")
    assert not np.array_equal(first.reset()[0], second.reset()[0])
    assert not np.array_equal(first.reset()[0], first.reset()[0])


def test_a_state_that_is_not_finite_is_truncated_and_reported() -> None:
    env = RobotEnv("reach")
    env.reset(seed=0)
    env.batch.bind("qvel")[0, 2] = np.nan
    observation, reward, terminated, truncated, info = env.step(np.zeros(3, np.float32))
    assert (terminated, truncated, info["unstable"]) == (False, True, True)
    assert np.isfinite(observation).all()
    assert np.isfinite(reward)
    env.reset()
    *_, truncated, info = env.step(np.zeros(3, np.float32))
    assert (truncated, info["unstable"]) == (False, False)


def test_one_unstable_simulation_leaves_the_others_alone() -> None:
    def steps(spoil: bool) -> list[Any]:
        env = gymnasium.make_vec("robo_ddpg/Reach-v0", num_envs=3)
        env.reset(seed=0)
        if spoil:
            env.unwrapped.batch.bind("qvel")[1, 2] = np.nan
        rows = [env.step(np.full((3, 3), 0.3, np.float32)) for _ in range(5)]
        return [part[[0, 2]] for step in rows for part in step[:4]]

    for sound, beside in zip(steps(spoil=False), steps(spoil=True), strict=True):
        np.testing.assert_array_equal(sound, beside)


def make_reach() -> RobotEnv:
    """An environment for another process."""
    return RobotEnv("reach")


@pytest.mark.parametrize("kind", [SyncVectorEnv, AsyncVectorEnv])
def test_gymnasiums_own_vector_environments_take_it(kind: Any) -> None:
    env = kind([make_reach, make_reach])
    observation, _ = env.reset(seed=0)
    assert observation.shape == (2, 38)
    *_, info = env.step(env.action_space.sample())
    assert info["is_success"].shape == (2,)
    env.close()


def test_gymnasium_wrappers_work_on_it() -> None:
    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("robo_ddpg/Reach-v0"))
    env = gymnasium.wrappers.FrameStackObservation(env, 2)
    env.reset(seed=0)
    truncated, total = False, 0.0
    while not truncated:
        _, reward, _, truncated, info = env.step(env.action_space.sample())
        total += float(reward)
    assert info["episode"]["l"] == 50
    assert info["episode"]["r"] == pytest.approx(total)


def test_importing_the_environments_imports_no_torch() -> None:
    code = "import sys, robo_ddpg; robo_ddpg.RobotEnv('reach'); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_stable_baselines_trains_on_it_as_it_is() -> None:
    from stable_baselines3 import TD3

    model = TD3(
        "MlpPolicy",
        gymnasium.make("robo_ddpg/Reach-v0"),
        learning_starts=100,
        batch_size=16,
        policy_kwargs={"net_arch": [16]},
        seed=0,
        device="cpu",
    )
    model.learn(300)
    assert model.num_timesteps == 300
    assert len(model.ep_info_buffer or ()) == 6


def test_a_task_object_serves_one_environment_only() -> None:
    task = tasks.make("reach")
    RobotEnv(task).close()
    with pytest.raises(ValueError, match="make another"):
        RobotEnv(task)


@pytest.mark.parametrize(
    "action", [["a", "b", "c"], [None, 0, 0], np.zeros(3, complex), np.zeros(3, object), "up"]
)
def test_actions_that_are_no_real_numbers_are_refused(action: Any) -> None:
    env = gymnasium.make("robo_ddpg/Reach-v0", disable_env_checker=True).unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError, match="actions must be real numbers, got"):
        env.step(action)
