from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box

from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.training.checkpoint import load_checkpoint, save_checkpoint

ENVS = 4
SETTINGS = replace(AgentSettings(), hidden_sizes=(8, 8), batch_size=8, warmup_transitions=8)
HOW_FAR = {"training_s": 1.5, "best": [0.5, 2.0], "owed": 0.25}


def trained(backend: Any, seed: int = 0, steps: int = 5) -> Learner:
    settings = replace(SETTINGS, backend=backend)
    learner = make_learner(Box(-1, 1, (3,)), Box(-1, 1, (2,)), settings, ENVS, seed)
    learn(learner, steps)
    return learner


def learn(learner: Learner, steps: int) -> list[dict[str, float]]:
    generator = np.random.default_rng(0)
    metrics = []
    for _ in range(steps):
        observation, following = generator.normal(size=(2, ENVS, 3)).astype(np.float32)
        learner.store(
            Transitions(
                observation=observation,
                action=learner.explore(observation),
                reward=observation[:, 0],
                terminated=np.zeros(ENVS, np.bool_),
                truncated=np.zeros(ENVS, np.bool_),
                next_observation=following,
                reward_info=None,
                valid=np.ones(ENVS, np.bool_),
            )
        )
        if learner.ready:
            metrics.append(learner.update())
    return metrics


@pytest.mark.parametrize("backend", ["fast", "autograd"])
def test_a_checkpoint_continues_exactly(tmp_path: Path, backend: Any) -> None:
    learner = trained(backend)
    save_checkpoint(tmp_path / "checkpoint", learner, HOW_FAR)
    expected = learn(learner, 6)

    resumed = trained(backend, seed=1, steps=9)
    assert load_checkpoint(tmp_path / "checkpoint", resumed) == HOW_FAR
    assert learn(resumed, 6) == expected
    state = resumed.state()
    for name, tensor in learner.state().items():
        assert torch.equal(state[name], tensor)


def test_a_checkpoint_of_the_other_backend_is_refused_in_one_line(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "checkpoint", trained("autograd"), HOW_FAR)

    with pytest.raises(OutputDirectoryError, match=r"cannot be resumed: .*; train it anew$"):
        load_checkpoint(tmp_path / "checkpoint", trained("fast"))
