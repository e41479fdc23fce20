from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.gymnasium_batch import PLANAR_ROBOTS, GymnasiumBatchEnv

SIMULATIONS = 5


def pair(name: str) -> tuple[Any, Any]:
    """Gymnasium's environments and the batch, at the start of the same episodes."""
    theirs = gymnasium.make_vec(
        name, SIMULATIONS, "sync", vector_kwargs={"autoreset_mode": AutoresetMode.DISABLED}
    )
    ours = GymnasiumBatchEnv(name, SIMULATIONS)
    np.testing.assert_array_equal(ours.reset(seed=7)[0], theirs.reset(seed=7)[0])
    return theirs, ours


@pytest.mark.parametrize("name", PLANAR_ROBOTS)
def test_the_batch_does_what_gymnasium_does(name: str) -> None:
    theirs, ours = pair(name)
    rng = np.random.default_rng(0)
    endings = 0
    for _ in range(300):
        actions = rng.uniform(-1, 1, ours.action_space.shape).astype(np.float32)
        expected, found = theirs.step(actions), ours.step(actions)
        np.testing.assert_allclose(found[0], expected[0], rtol=0, atol=1e-6)
        for ours_part, their_part in zip(found[1:4], expected[1:4], strict=True):
            np.testing.assert_array_equal(ours_part, their_part)
        np.testing.assert_array_equal(found[4]["x_velocity"], expected[4]["x_velocity"])
        if expected[2].any():
            endings += 1
            options = {"reset_mask": expected[2]}
            restarted = theirs.reset(options=dict(options))[0]
            np.testing.assert_allclose(ours.reset(options=options)[0], restarted, atol=1e-6)
    assert (endings > 0) == (name != "HalfCheetah-v5")


def test_the_time_limit_is_gymnasiums() -> None:
    theirs, ours = pair("HalfCheetah-v5")
    actions = np.zeros(ours.action_space.shape, np.float32)
    for _ in range(999):
        assert not ours.step(actions)[3].any()
        theirs.step(actions)
    assert ours.step(actions)[3].all()
    assert theirs.step(actions)[3].all()


@pytest.mark.parametrize("name", PLANAR_ROBOTS)
def test_spaces_are_gymnasiums(name: str) -> None:
    theirs, ours = pair(name)
    assert ours.single_observation_space == theirs.single_observation_space
    assert ours.single_action_space == theirs.single_action_space
    assert ours.observation_space == theirs.observation_space


def test_a_reset_leaves_the_other_simulations_alone() -> None:
    _, env = pair("HalfCheetah-v5")
    before = env.step(np.ones(env.action_space.shape, np.float32))[0]
    mask = np.array([True, False, True, False, False])
    after = env.reset(options={"reset_mask": mask})[0]
    np.testing.assert_array_equal(after[~mask], before[~mask])
    assert (after[mask] != before[mask]).any(axis=1).all()


def test_the_same_seed_gives_the_same_episode_again() -> None:
    _, env = pair("Walker2d-v5")
    first = env.reset(seed=3)[0]
    assert (env.reset()[0] != first).any()
    np.testing.assert_array_equal(env.reset(seed=3)[0], first)


def test_actions_of_another_shape_are_refused() -> None:
    _, env = pair("HalfCheetah-v5")
    with pytest.raises(ValueError, match=r"\(5, 6\), got \(6,\)"):
        env.step(np.zeros(6, np.float32))
