"""Running episodes and keeping them."""

from typing import Any

import mujoco
import numpy as np
import pytest

from robo_ddpg import Controller, evaluate, record_episodes
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.errors import RecordingError, RoboDDPGError
from robo_ddpg.model_fields import model_hash
from robo_ddpg.recording.recorder import record
from robo_ddpg.recording.recording import Recording
from tasks.arm.grasp_scene import OBJECT
from tasks.arm.objects import SHAPES

SHORT = {"episode_s": 1.0}


@pytest.fixture(scope="module")
def reach() -> Controller:
    """The shipped controller."""
    return Controller.find("reach")


@pytest.fixture(scope="module")
def recordings(reach: Controller) -> list[Recording]:
    """Two short episodes."""
    return record_episodes(reach, seeds=[4, 9], **SHORT)


def test_each_episode_is_kept_with_its_seed_and_task(recordings: list[Recording]) -> None:
    assert [recording.seed for recording in recordings] == [4, 9]
    for recording in recordings:
        assert recording.task["settings"]["episode_s"] == 1.0
        assert recording.model_hash == model_hash(make_task_of(recording.task).model)
        assert len(recording.rewards) == len(recording.actions) == 20
        assert recording.seconds == pytest.approx(1.0)


def test_a_recorded_episode_is_the_one_that_evaluation_judges(
    reach: Controller, recordings: list[Recording]
) -> None:
    for recording in recordings:
        episodes = evaluate(reach, episodes=1, seed=recording.seed, **SHORT).episodes
        assert recording.rewards.sum() == pytest.approx(episodes.returns[0], rel=1e-6)
        assert episodes.success is not None
        assert recording.success[-1] == episodes.success[0]


def test_reward_terms_add_up_to_the_rewards(recordings: list[Recording]) -> None:
    for recording in recordings:
        weights = make_task_of(recording.task).weights
        total = sum(weights[name] * term for name, term in recording.reward_terms.items())
        np.testing.assert_allclose(total, recording.rewards)


def test_the_states_are_those_of_the_simulation(
    reach: Controller, recordings: list[Recording]
) -> None:
    settings = reach.task["settings"] | SHORT
    env = RobotVectorEnv(1, "reach", autoreset_mode="Disabled", **settings)
    observation, _ = env.reset(seed=recordings[0].seed)
    qpos = env.batch.bind("qpos")
    per_step = (len(recordings[0].states) - 1) // 20
    states = recordings[0].states[::per_step]
    assert states.shape[0] == 21
    np.testing.assert_array_equal(states[0, 1 : 1 + qpos.shape[1]], qpos[0])
    for step in range(20):
        observation, *_ = env.step(reach.act(observation))
        np.testing.assert_allclose(states[step + 1, 1 : 1 + qpos.shape[1]], qpos[0], atol=1e-6)


def test_time_runs_evenly_through_the_frames(recordings: list[Recording]) -> None:
    times = recordings[0].states[:, 0]
    np.testing.assert_allclose(np.diff(times), 1 / recordings[0].frames_per_second, rtol=1e-6)


def test_altered_actions_are_kept_by_reason(recordings: list[Recording]) -> None:
    for recording in recordings:
        assert "joint_acceleration" in recording.safety
        assert all(len(sizes) == 20 for sizes in recording.safety.values())
        assert not recording.safety["non_finite"].any()


@pytest.mark.parametrize("seeds", [[], [-1]])
def test_no_episodes_and_negative_seeds_are_refused(reach: Controller, seeds: Any) -> None:
    with pytest.raises(RoboDDPGError):
        record_episodes(reach, seeds=seeds)


def test_the_states_of_an_environment_of_gymnasium_cannot_be_recorded() -> None:
    tensors = {"actor.0.weight": np.zeros((1, 3), np.float32), "actor.0.bias": np.zeros(1)}
    metadata = {
        "format": 1,
        "task": {"name": "Pendulum-v1", "settings": {}},
        "observation_size": 3,
        "action_low": [-2.0],
        "action_high": [2.0],
    }
    with pytest.raises(RecordingError, match="states of Pendulum-v1 cannot be recorded"):
        record_episodes(Controller(tensors, metadata), seeds=[0])


def test_every_episode_keeps_its_own_object() -> None:
    env = RobotVectorEnv(8, "grasp-any", threads=1)
    seeds = list(range(8))
    recordings = record(env, env.simulation, lambda _: np.zeros((8, 5), np.float32), seeds, steps=1)
    geom = env.task.model.geom(OBJECT).id
    shown = [next(recording.iterate_data(env.task.model)).model for recording in recordings]
    env.reset(seed=seeds)
    kinds, halves = env.task.objects.kind, env.task.objects.half_m
    assert [model.geom_type[geom] for model in shown] == [SHAPES[kind].geom for kind in kinds]
    assert [model.geom_size[geom, 0] for model in shown] == [
        half * SHAPES[kind].sizes[0] for kind, half in zip(kinds, halves, strict=True)
    ]
    assert len({model.geom_size[geom, 0] for model in shown}) == 8
    assert len(set(kinds)) > 1


def test_recordings_say_which_versions_made_them(recordings: list[Recording]) -> None:
    for recording in recordings:
        assert recording.versions["mujoco"] == mujoco.__version__
        assert recording.versions["numpy"] == np.__version__
        assert "robo-ddpg" in recording.versions
