"""Whether episodes are repeatable, survive anything, and end when they should."""

import warnings
from typing import Any

import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv
from robo_ddpg.testing.comparing import assert_same, copied, random_actions, row

EPISODE_S = 4.0
"""Long enough for most robots to fall, or to come near a goal [s]."""
EXTREMES = (
    (1e9, "out_of_range"),
    (-np.inf, "non_finite"),
    (np.nan, "non_finite"),
)
"""Values of actions that no policy should ask for, and why they are altered."""


def gymnasium_has_no_objections(name: str) -> None:
    """The environment keeps to Gymnasium's interface, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(RobotEnv(name), skip_render_check=True)


def the_same_seed_gives_the_same_episode(name: str) -> None:
    """Everything that is random is drawn from the generators that `reset` is given."""

    def episode(seed: int) -> list[Any]:
        env = RobotEnv(name)
        steps: list[Any] = [env.reset(seed=seed)[0]]
        for action in random_actions(env, 10):
            observation, reward, *_, info = env.step(action)
            steps += [observation, np.array(reward), copied(info)]
        return steps

    first, again, other = episode(7), episode(7), episode(8)
    for one, two in zip(first, again, strict=True):
        assert_same(one, two)
    assert not np.array_equal(first[0], other[0]), "another seed begins in the same way"
    assert not np.array_equal(first[-3], other[-3]), "another seed goes on in the same way"


def a_simulation_of_a_batch_is_the_single_one(name: str) -> None:
    """No simulation knows of the others, to the last bit."""
    count, seed = 3, 40
    batch = RobotVectorEnv(count, name, autoreset_mode=AutoresetMode.DISABLED, episode_s=EPISODE_S)
    singles = [RobotEnv(name, episode_s=EPISODE_S) for _ in range(count)]
    observations, _ = batch.reset(seed=seed)
    for k, env in enumerate(singles):
        assert_same(env.reset(seed=seed + k)[0], observations[k])
    for actions in random_actions(batch, batch.task.episode_steps + 5):
        finished = _step_both(batch, singles, actions)
        if finished.any():
            observations, _ = batch.reset(options={"reset_mask": finished})
            for k in np.flatnonzero(finished).tolist():
                assert_same(singles[k].reset()[0], observations[k])


def _step_both(batch: RobotVectorEnv, singles: list[RobotEnv], actions: Any) -> Any:
    """Step all, compare, and say which episodes are over."""
    observations, rewards, terminated, truncated, info = batch.step(actions)
    results = [env.step(action) for env, action in zip(singles, actions, strict=True)]
    for k, (observation, reward, *ended, single_info) in enumerate(results):
        assert_same(observation, observations[k])
        assert reward == rewards[k]
        assert ended == [terminated[k], truncated[k]]
        assert_same(single_info, row(info, k))
    return terminated | truncated


def what_was_returned_does_not_change(name: str) -> None:
    """No view of a buffer that is written again is handed out."""
    env = RobotVectorEnv(3, name, autoreset_mode=AutoresetMode.SAME_STEP)
    returned: list[Any] = [env.reset(seed=0)[0]]
    kept: list[Any] = []
    for action in random_actions(env, env.task.episode_steps + 2):
        observation, reward, terminated, truncated, info = env.step(action)
        info = {key: value for key, value in info.items() if key != "final_obs"}
        returned += [observation, reward, terminated, truncated, info]
        kept = kept or [copied(value) for value in returned]
    for before, now in zip(kept, returned, strict=False):
        assert_same(before, now)


def extreme_actions_are_survived_and_counted(name: str) -> None:
    """Actions that are huge, infinite or no numbers are altered, and that is counted."""
    for value, reason in EXTREMES:
        env = RobotEnv(name)
        env.reset(seed=0)
        action = np.full(env.action_space.shape or (), value, np.float32)
        for step in range(1, 11):
            observation, reward, _, _, info = env.step(action)
            assert observation in env.observation_space, f"an action of {value} leads outside"
            assert np.isfinite(reward)
            assert info["safety"][reason]["count"] == step
            assert not info["unstable"]
        assert info["safety"].keys() == env.simulation.interventions.altered.keys()
        env.reset()
        *_, info = env.step(np.zeros_like(action))
        assert info["safety"][reason]["count"] == 0, "counts go on in the next episode"


def the_episode_is_truncated_when_its_time_is_up(name: str) -> None:
    """Neither before nor after, where nothing goes wrong."""
    env = RobotEnv(name, episode_s=0.4)
    env.reset(seed=0)
    steps = round(0.4 * env.task.settings.control_hz)
    still = np.zeros(env.action_space.shape or (), np.float32)
    ended = [env.step(still)[2:4] for _ in range(steps)]
    assert ended == [(False, False)] * (steps - 1) + [(False, True)]
