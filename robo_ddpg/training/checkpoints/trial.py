"""Whether simulations that are put back go on as those that were saved: tried, not believed.

A physics engine that an environment keeps out of sight would show here.
"""

import json
from typing import Any

import numpy as np

from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import EnvironmentFailure
from robo_ddpg.training.settings import TrainSettings

RESTART = "episodes begin anew, so that the run goes on otherwise than without the break"
"""What is said of simulations that cannot be continued."""
SIMULATIONS, STEPS = 2, 20
"""Size of the trial: so many steps before it is saved, and as many after it."""


def check_restorable(settings: TrainSettings) -> None:
    """Save simulations, go on, put them back into others, and compare.

    Raises:
        EnvironmentFailure: they do not go on as they did, or cannot be saved.
    """
    saved, other = _make(settings), _make(settings)
    try:
        saved.reset(seed=1)
        _play(saved, seed=0)
        state = json.loads(json.dumps(saved.state()))
        expected = _play(saved, seed=1)
        other.load_state(state)
        if not all(map(_equal, expected, _play(other, seed=1))):
            raise EnvironmentFailure(
                f"{saved.name} holds something out of sight: a copy of it went on differently"
            )
    finally:
        saved.close()
        other.close()


def _make(settings: TrainSettings) -> GuardedEnvironment:
    return make_environment(
        settings.task,
        SIMULATIONS,
        threads=1,
        python=settings.python,
        step_timeout_s=settings.step_timeout_s,
        **settings.environment,
    )


def _play(env: GuardedEnvironment, seed: int) -> list[Any]:
    """Everything that some random actions lead to."""
    actions, generator = env.single_action_space, np.random.default_rng(seed)
    seen: list[Any] = []
    for _ in range(STEPS):
        action = generator.uniform(actions.low, actions.high, (env.num_envs, *actions.shape))
        observation, reward, terminated, truncated, _ = env.step(action.astype(np.float32))
        seen += [observation, reward, terminated, truncated]
        if (terminated | truncated).any():
            seen.append(env.reset(options={"reset_mask": terminated | truncated})[0])
    return [np.array(values) for values in seen]


def _equal(one: Any, other: Any) -> bool:
    return np.array_equal(one, other, equal_nan=True)
