"""Demonstrations in our own recordings."""

import numpy as np

from robo_ddpg.envs.environment import Environment
from robo_ddpg.errors import DemonstrationError
from robo_ddpg.recording.recording import Recording
from robo_ddpg.training.demonstrations.shown import Shown


def from_recording(recording: Recording, origin: str, env: Environment) -> Shown:
    """The episode of a recording.

    One of another task will do where the scene is the same and there are goals, since rewards are
    then those of the task that is learned.

    Raises:
        DemonstrationError: it is of another task, with other actions, or without observations.
    """
    _check_task(recording, origin, env)
    if recording.observations is None or recording.terminated is None:
        raise DemonstrationError(
            f"{origin} was recorded without observations by an older version: record it again"
        )
    return Shown(
        origin=origin,
        task=None,
        observations=recording.observations,
        actions=recording.actions,
        rewards=recording.rewards,
        terminations=recording.terminated,
        truncations=np.zeros(len(recording.actions)),
        reward_info=recording.reward_info,
    )


def _check_task(recording: Recording, origin: str, env: Environment) -> None:
    shown, learned = recording.task, env.describe()
    same_scene = recording.model_hash == learned.get("model_hash")
    fits = shown["name"] == learned["name"] or (same_scene and env.goal_space is not None)
    if env.simulation is None or not fits:
        raise DemonstrationError(f"{origin} shows {shown['name']}, expected {learned['name']}")
    for name in ("control_hz", *env.simulation.task.action_settings):
        old, new = shown["settings"].get(name), learned["settings"].get(name)
        if old != new:
            raise DemonstrationError(
                f"{origin} was recorded with {name}={old!r}, expected {new!r}: actions mean "
                "something else"
            )
