"""Vector environments of others: no transition crosses the end of an episode."""

from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import UnknownEnvironmentError
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import configuration
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer

MODES = ["Disabled", "SameStep", "NextStep"]


@pytest.mark.parametrize("mode", MODES)
def test_the_last_observation_of_an_episode_is_its_own(mode: str) -> None:
    env = make_environment("toys:Counters", 2, mode=mode)
    observation, _ = env.reset(seed=0)
    seen: list[tuple[float, float]] = []
    for _ in range(20):
        following, _, _, truncated, info = env.step(np.zeros((2, 1), np.float32))
        skipped = info.get("skipped", np.zeros(2, bool))
        seen += zip(observation[~skipped, 0], following[~skipped, 0], strict=True)
        observation = following
        if truncated.any():
            observation, _ = env.reset(options={"reset_mask": truncated})
    assert all(b == a + 1 for a, b in seen)
    assert {b for _, b in seen} == {1, 2, 3, 4}
    env.close()


def test_a_vector_environment_says_when_it_resets() -> None:
    with pytest.raises(UnknownEnvironmentError, match="autoreset_mode"):
        make_environment("silent_vector:Silent", 1)


@pytest.mark.parametrize("mode", MODES)
def test_training_stores_no_step_across_episodes_and_bootstraps_through_truncation(
    mode: str, tmp_path: Path
) -> None:
    agent = {"warmup_transitions": 8, "batch_size": 16, "n_step": 3}
    settings = train_settings(
        "toys:Counters",
        agent=agent,
        environment={"mode": mode},
        steps=200,
        simulations=4,
        evaluate_every=1_000,
        evaluation_episodes=2,
    )
    trainer = Trainer(settings, RunDirectory(tmp_path / "run"), SilentProgress())
    trainer.run.create(force=False)
    write_json(configuration(settings), trainer.run.config)
    trainer.train()
    batch = trainer.agent.replay_buffer.sample(256)
    first, last = batch.observation[:, 0], batch.bootstrap_observation[:, 0]
    steps = last - first
    assert set(steps) == {1, 2, 3}
    assert (batch.discount > 0).all()  # nothing terminates here
    discount = settings.agent.discount
    np.testing.assert_allclose(batch.discount[:, 0], discount**steps, rtol=1e-6)
    expected = [sum(discount**k for k in range(int(n))) for n in steps]
    np.testing.assert_allclose(batch.reward[:, 0], expected, rtol=1e-6)
    assert last.max() == 6  # the fourth counter's own last observation
