from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.gymnasium_batch.env import BATCHED, GymnasiumBatchEnv
from tasks.arrays import Array

SIMULATIONS = 3
ENDLESS = {"HalfCheetah-v5", "HumanoidStandup-v5", "Swimmer-v5"}
"""Whose episodes only the time limit of 1000 steps ends."""


def pair(name: str) -> tuple[Any, Any]:
    """Gymnasium's environments and the batch, at the start of the same episodes."""
    theirs = gymnasium.make_vec(
        name, SIMULATIONS, "sync", vector_kwargs={"autoreset_mode": AutoresetMode.DISABLED}
    )
    ours = GymnasiumBatchEnv(name, SIMULATIONS)
    np.testing.assert_array_equal(ours.reset(seed=7)[0], theirs.reset(seed=7)[0])
    return theirs, ours


def test_every_mujoco_environment_of_version_5_is_batched() -> None:
    modules = "gymnasium.envs.mujoco"
    specs = [s for s in gymnasium.registry.values() if str(s.entry_point).startswith(modules)]
    assert set(BATCHED) == {spec.id for spec in specs if spec.version == 5}


def step_alike(theirs: Any, ours: Any, rng: np.random.Generator) -> Any:
    """Which episodes Gymnasium ended, after the same random actions gave the same results."""
    # Gymnasium squares single numbers, for which NumPy's power is not always the exact product.
    tolerance = 1e-14 if theirs.spec.id == "InvertedDoublePendulum-v5" else 0.0
    beyond_bounds = 1.2 * ours.single_action_space.high
    actions = (beyond_bounds * rng.uniform(-1, 1, ours.action_space.shape)).astype(np.float32)
    expected, found = theirs.step(actions), ours.step(actions)
    for k in (0, 2, 3):
        np.testing.assert_array_equal(found[k], expected[k])
    np.testing.assert_allclose(found[1], expected[1], rtol=tolerance, atol=tolerance)
    return expected[2] | expected[3]


@pytest.mark.parametrize("name", BATCHED)
def test_the_batch_does_what_gymnasium_does(name: str) -> None:
    theirs, ours = pair(name)
    rng = np.random.default_rng(0)
    endings = 0
    for _ in range(300):
        ended = step_alike(theirs, ours, rng)
        endings += ended.sum()
        mask = ended | (rng.random(SIMULATIONS) < 0.01)
        if mask.any():
            restarted = theirs.reset(options={"reset_mask": mask})[0]
            np.testing.assert_array_equal(ours.reset(options={"reset_mask": mask})[0], restarted)
    assert (endings > 0) == (name not in ENDLESS)


def put(theirs: Any, ours: Any, qpos: Array, qvel: Array) -> None:
    """Both into given states."""
    for env, *state in zip(theirs.envs, qpos, qvel, strict=True):
        env.unwrapped.set_state(*state)
    ours.robot.qpos[:], ours.robot.qvel[:] = qpos, qvel
    ours.batch.forward()


# The swimmer has no bounds to be found, and its fluid makes it explode at such speeds.
@pytest.mark.parametrize("name", sorted(set(BATCHED) - {"Swimmer-v5"}))
def test_the_batch_does_what_gymnasium_does_in_wild_states(name: str) -> None:
    theirs, ours = pair(name)
    rng = np.random.default_rng(0)
    for wildness in np.linspace(0.1, 1.0, 20):
        qpos = ours.robot.qpos + rng.normal(0, wildness, ours.robot.qpos.shape)
        qvel = rng.normal(0, 30 * wildness, ours.robot.qvel.shape)
        put(theirs, ours, qpos, qvel)
        step_alike(theirs, ours, rng)
        np.testing.assert_array_equal(ours.reset()[0], theirs.reset()[0])


def test_a_hopper_far_too_fast_ends_its_episode() -> None:
    theirs, ours = pair("Hopper-v5")
    qpos, qvel = ours.robot.qpos.copy(), ours.robot.qvel.copy()
    qpos[:, 1], qvel[:, 0] = 5.0, [90.0, 110.0, -110.0]
    put(theirs, ours, qpos, qvel)
    assert step_alike(theirs, ours, np.random.default_rng(0)).tolist() == [False, True, True]


def test_the_time_limit_is_gymnasiums() -> None:
    theirs, ours = pair("HalfCheetah-v5")
    actions = np.zeros(ours.action_space.shape, np.float32)
    for _ in range(999):
        assert not ours.step(actions)[3].any()
        theirs.step(actions)
    assert ours.step(actions)[3].all()
    assert theirs.step(actions)[3].all()


@pytest.mark.parametrize("name", BATCHED)
def test_spaces_are_gymnasiums(name: str) -> None:
    theirs, ours = pair(name)
    assert ours.single_observation_space == theirs.single_observation_space
    assert ours.single_action_space == theirs.single_action_space
    assert ours.observation_space == theirs.observation_space


def test_a_reset_leaves_the_other_simulations_alone() -> None:
    _, env = pair("HalfCheetah-v5")
    before = env.step(np.ones(env.action_space.shape, np.float32))[0]
    mask = np.array([True, False, True])
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
    with pytest.raises(ValueError, match=r"\(3, 6\), got \(6,\)"):
        env.step(np.zeros(6, np.float32))
