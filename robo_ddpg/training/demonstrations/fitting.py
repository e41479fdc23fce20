"""Whether an episode fits the environment it shall be learned in."""

import gymnasium
import numpy as np

from robo_ddpg.agent.transitions import Episode
from robo_ddpg.envs.environment import Environment
from robo_ddpg.errors import DemonstrationError
from robo_ddpg.training.demonstrations.arrays import actions, numbers, observations
from robo_ddpg.training.demonstrations.shown import Shown
from tasks.arrays import Float32, Mask
from tasks.task import GoalTask


def fitting(shown: Shown, env: Environment) -> Episode:
    """The episode, checked.

    Raises:
        DemonstrationError: it does not fit the environment; the message says where it was found,
            what it has, and what was expected.
    """
    try:
        _check_task(shown, env)
        return _episode(shown, env)
    except DemonstrationError as error:
        raise DemonstrationError(f"{shown.origin} {error}") from None


def _episode(shown: Shown, env: Environment) -> Episode:
    steps = len(numbers("rewards", shown.rewards))
    if steps == 0:
        raise DemonstrationError("has no steps, expected at least one")
    ended = numbers("terminations", shown.terminations, steps) != 0
    cut = numbers("truncations", shown.truncations, steps) != 0
    if (ended | cut)[:-1].any():
        end = int(np.argmax(ended | cut))
        raise DemonstrationError(f"goes on after step {end}, which ends it: one episode each")
    episode = Episode(
        observation=observations(shown.observations, steps + 1, env),
        action=actions(shown.actions, steps, env),
        reward=numbers("rewards", shown.rewards, steps),
        terminated=bool(ended[-1]),
        reward_info=_reward_info(shown, env, ended),
    )
    return _rewarded(episode, env)


def _reward_info(shown: Shown, env: Environment, ended: Mask) -> Float32 | None:
    """What rewards and endings depend on besides goals: in our tasks only they know."""
    if env.simulation is None:
        return ended[:, None].astype(np.float32)
    task = env.simulation.task
    if shown.reward_info is None or not isinstance(task, GoalTask):
        return None
    return numbers("reward_info", shown.reward_info, len(ended), task.reward_info().shape[1])


def _rewarded(episode: Episode, env: Environment) -> Episode:
    """The episode as the task that is learned rewards and terminates it, if that can be told."""
    goal_space, info = env.goal_space, episode.reward_info
    if goal_space is None or info is None:
        return episode
    achieved = goal_space.achieved_goal(episode.observation[1:])
    goals = achieved, goal_space.desired_goal(episode.observation[:-1])
    ended = goal_space.compute_terminated(*goals, info)
    steps = int(np.argmax(ended)) + 1 if ended.any() else len(info)
    return Episode(
        observation=episode.observation[: steps + 1],
        action=episode.action[:steps],
        reward=goal_space.compute_reward(*goals, info)[:steps].astype(np.float32),
        terminated=bool(ended.any()),
        reward_info=info[:steps],
    )


def _check_task(shown: Shown, env: Environment) -> None:
    expected = env.describe()["name"]
    if shown.task is not None and _bare(shown.task) != _bare(expected):
        raise DemonstrationError(f"shows {shown.task}, expected {expected}")


def _bare(name: str) -> str:
    """A name without the module that knows it: names in files must not have anything imported."""
    if name.startswith("robo_ddpg/") and name in gymnasium.registry:
        return str(gymnasium.registry[name].kwargs["task"])
    return name.rpartition(":")[2]
