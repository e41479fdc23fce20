"""Rows of minibatches are replaced by their images."""

import dataclasses

import numpy as np
import pytest
from gymnasium.spaces import Box

from robo_ddpg.agent.learner import make_learner
from robo_ddpg.agent.replay.buffer import Minibatch
from robo_ddpg.agent.replay.mirroring import Mirror, mirrored
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.errors import SettingsError
from tasks.mirror import Reflection, signs

MIRROR: Mirror = Reflection((1, 0, 2), (1.0, 1.0, -1.0)), signs(-1.0)
SPACES = Box(-np.inf, np.inf, (3,), np.float32), Box(-1.0, 1.0, (1,), np.float32)
SETTINGS = AgentSettings(
    batch_size=32,
    warmup_transitions=40,
    replay_capacity=64,
    hidden_sizes=(32,),
    mirror_share=0.5,
    discount=0.0,
    normalize_observations=False,
)


def minibatch(rows: int) -> Minibatch:
    numbers = np.arange(rows, dtype=np.float32)[:, None]
    seen = numbers + np.array([0.1, 0.2, 0.3], np.float32)
    return Minibatch(seen, numbers.copy(), numbers.copy(), numbers.copy(), seen + 1)


@pytest.mark.parametrize(("share", "rows"), [(0.5, [1, 3, 5, 7]), (0.25, [3, 7]), (0.0, [])])
def test_so_many_rows_spread_over_the_batch_are_images(share: float, rows: list[int]) -> None:
    before = minibatch(8)
    after = minibatch(8)
    mirrored(after, [MIRROR], share, np.zeros(3))
    assert np.flatnonzero((after.action != before.action)[:, 0]).tolist() == rows
    for name in ("observation", "bootstrap_observation"):
        old, new = getattr(before, name)[rows], getattr(after, name)[rows]
        np.testing.assert_array_equal(new, old[:, [1, 0, 2]] * [1, 1, -1])
    np.testing.assert_array_equal(after.action[rows], -before.action[rows])
    np.testing.assert_array_equal(after.reward, before.reward)
    np.testing.assert_array_equal(after.discount, before.discount)


def test_two_mirrors_show_all_four_images() -> None:
    before, after = minibatch(8), minibatch(8)
    first: Mirror = signs(-1.0, 1.0, 1.0), signs(1.0)
    second: Mirror = signs(1.0, -1.0, 1.0), signs(1.0)
    mirrored(after, [first, second], 0.5, np.zeros(3))
    seen = np.sign(after.observation / before.observation)[:, :2]
    shown, often = np.unique(seen, axis=0, return_counts=True)
    assert len(shown) == 4
    assert (often == 2).all()


def test_images_are_those_of_what_was_observed_wherever_its_origin_is() -> None:
    origin = np.array([1e6 + 0.03, 1e6 - 0.04, 1.0])
    seen = origin + minibatch(2).observation
    stored = dataclasses.replace(minibatch(2), observation=(seen - origin).astype(np.float32))
    mirrored(stored, [MIRROR], 1.0, origin)
    np.testing.assert_allclose(stored.observation + origin, MIRROR[0](seen), rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_what_was_seen_on_one_side_is_done_on_the_other(share: float) -> None:
    settings = dataclasses.replace(SETTINGS, mirror_share=share)
    agent = make_learner(*SPACES, settings, 2, 0, mirrors=[MIRROR])
    rng = np.random.default_rng(0)
    for _ in range(30):
        seen = rng.normal(size=(2, 3)).astype(np.float32)
        seen[:, 2] = 1.0 + np.abs(seen[:, 2])
        action = agent.explore(seen)
        reward = -np.square(action - 0.5).sum(1)
        none = np.zeros(2, bool)
        agent.store(Transitions(seen, action, reward, none, none, seen, None, ~none))
    for _ in range(400):
        agent.update()
    here = np.array([[0.0, 0.0, 1.5]], np.float32)
    there = agent.act(MIRROR[0](here))[0, 0]
    assert agent.act(here)[0, 0] == pytest.approx(0.5, abs=0.35)
    assert (there < -0.3) == (share > 0)


def test_an_environment_without_an_image_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"mirror_share=0\.5: this environment has no mirror"):
        make_learner(*SPACES, SETTINGS, 2, 0)
