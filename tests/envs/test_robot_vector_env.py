"""Many simulations at once, in each of Gymnasium's ways of starting anew."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from robo_ddpg import RobotEnv, RobotVectorEnv

COUNT, STEPS = 3, 10
MODES = list(AutoresetMode)


def make(mode: AutoresetMode = AutoresetMode.DISABLED, count: int = COUNT) -> RobotVectorEnv:
    """Simulations with episodes of `STEPS` steps."""
    return RobotVectorEnv(count, "reach", autoreset_mode=mode, episode_s=STEPS / 20)


def actions(steps: int, count: int = COUNT) -> np.ndarray:
    """Random actions, (steps, count, 3)."""
    return np.random.default_rng(0).uniform(-1, 1, (steps, count, 3)).astype(np.float32)


def run_to_the_end(env: RobotVectorEnv) -> tuple[Any, ...]:
    """The last step of the first episodes."""
    env.reset(seed=0)
    for action in actions(STEPS):
        step = env.step(action)
    return step


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_it_does_what_gymnasiums_own_vector_environment_does(mode: AutoresetMode) -> None:
    ours = make(mode)
    theirs = SyncVectorEnv(
        [lambda: RobotEnv("reach", episode_s=STEPS / 20)] * COUNT, autoreset_mode=mode
    )
    np.testing.assert_array_equal(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
    for action in actions(3 * STEPS):
        *mine, info = ours.step(action)
        *expected, expected_info = theirs.step(action)
        for one, other in zip(mine, expected, strict=True):
            np.testing.assert_array_equal(one, other)
        assert_info_agrees(info, expected_info)
    theirs.close()


def assert_info_agrees(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """All that Gymnasium reports is reported, with the same values where it says they are known."""
    for key, values in theirs.items():
        if key.startswith("_"):
            continue
        if isinstance(values, dict):
            assert_info_agrees(ours[key], values)
        else:
            for i in np.flatnonzero(theirs[f"_{key}"]):
                np.testing.assert_array_equal(ours[key][i], values[i], err_msg=key)


def test_next_step_mode_shows_the_end_and_then_starts_without_reward() -> None:
    env = make(AutoresetMode.NEXT_STEP)
    last, _, _, truncated, info = run_to_the_end(env)
    assert truncated.all()
    assert (info["safety"]["joint_acceleration"]["count"] > 0).any()
    observation, reward, terminated, truncated, info = env.step(np.ones((COUNT, 3), np.float32))
    assert not (terminated | truncated).any()
    assert (reward == 0).all()
    assert not np.array_equal(observation, last)
    assert not info["is_success"].any()
    assert not info["safety"]["joint_acceleration"]["count"].any()


def test_same_step_mode_starts_at_once_and_keeps_the_end_in_info() -> None:
    reference = run_to_the_end(make(AutoresetMode.DISABLED))
    observation, reward, _, truncated, info = run_to_the_end(make(AutoresetMode.SAME_STEP))
    assert truncated.all()
    np.testing.assert_array_equal(reward, reference[1])
    np.testing.assert_array_equal(np.stack(info["final_obs"]), reference[0])
    np.testing.assert_array_equal(
        info["final_info"]["reward_terms"]["near"], reference[4]["reward_terms"]["near"]
    )
    assert info["_final_obs"].all()
    assert info["_final_info"].all()
    assert not np.array_equal(observation, reference[0])


def test_without_autoreset_the_last_observation_stays_until_the_caller_resets() -> None:
    env = make(AutoresetMode.DISABLED)
    last, _, _, truncated, _ = run_to_the_end(env)
    again, *_, truncated_again, _ = env.step(np.zeros((COUNT, 3), np.float32))
    assert truncated.all()
    assert truncated_again.all()
    assert np.abs(again[:, :3] - last[:, :3]).max() < 0.2  # the same episode, one step later
    env.reset(options={"reset_mask": np.ones(COUNT, bool)})
    assert not env.step(np.zeros((COUNT, 3), np.float32))[3].any()


def test_a_mask_resets_some_simulations_and_leaves_the_others_alone() -> None:
    env, untouched = make(), make()
    for each in (env, untouched):
        each.reset(seed=0)
    for action in actions(4):
        before = env.step(action)[0]
        untouched.step(action)
    mask = np.array([False, True, False])
    after, _ = env.reset(options={"reset_mask": mask})
    np.testing.assert_array_equal(after[~mask], before[~mask])
    assert not np.array_equal(after[mask], before[mask])
    for action in actions(STEPS - 4):
        ours, expected = env.step(action), untouched.step(action)
        for one, other in zip(ours[:4], expected[:4], strict=True):
            np.testing.assert_array_equal(one[~mask], other[~mask])
    np.testing.assert_array_equal(ours[3], [True, False, True])


@pytest.mark.parametrize(
    "mask", [np.ones(COUNT + 1, bool), np.ones((COUNT, 1), bool), np.array([0, 2]), True]
)
def test_a_mask_of_another_form_is_refused(mask: Any) -> None:
    env = make()
    env.reset(seed=0)
    with pytest.raises(ValueError, match="reset_mask must be bool of shape"):
        env.reset(options={"reset_mask": mask})


def test_a_single_seed_counts_up_and_a_list_is_taken_as_it_is() -> None:
    counted, _ = make().reset(seed=3)
    listed, _ = make().reset(seed=[3, 4, 5])
    np.testing.assert_array_equal(counted, listed)
    swapped, _ = make().reset(seed=[5, 4, 3])
    np.testing.assert_array_equal(swapped, counted[::-1])


def test_none_within_a_list_of_seeds_keeps_that_simulations_generator() -> None:
    env, other = make(), make()
    env.reset(seed=0)
    other.reset(seed=0)
    mixed, _ = env.reset(seed=[9, None, 9])
    continued, _ = other.reset()
    np.testing.assert_array_equal(mixed[0], mixed[2])
    np.testing.assert_array_equal(mixed[1], continued[1])


@pytest.mark.parametrize("seed", [[1], [1, 2, 3, 4]])
def test_another_number_of_seeds_is_refused(seed: list[int | None]) -> None:
    with pytest.raises(ValueError, match="expected 3 seeds"):
        make().reset(seed=seed)


def test_unseeded_batches_differ_and_so_do_their_simulations() -> None:
    first, second = make().reset()[0], make().reset()[0]
    assert len(np.unique(np.concatenate([first, second]), axis=0)) == 2 * COUNT


def test_the_number_of_threads_changes_nothing() -> None:
    def observations(threads: int) -> Any:
        env = RobotVectorEnv(8, "reach", threads=threads)
        env.reset(seed=0)
        return [env.step(action)[0] for action in actions(5, 8)]

    np.testing.assert_array_equal(observations(1), observations(2))


@pytest.mark.parametrize("shape", [(3,), (COUNT, 2), (COUNT + 1, 3)])
def test_actions_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    env = make()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"shape \(3, 3\)"):
        env.step(np.zeros(shape, np.float32))


@pytest.mark.parametrize("count", [0, -1])
def test_there_is_at_least_one_simulation(count: int) -> None:
    with pytest.raises(ValueError, match="num_envs must be positive"):
        RobotVectorEnv(count)


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_is_declared_and_changing_a_returned_mask_changes_nothing(
    mode: AutoresetMode,
) -> None:
    env = make(mode)
    assert env.metadata["autoreset_mode"] is mode
    assert RobotVectorEnv.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    step = run_to_the_end(env)
    for mask in (step[2], step[3], step[4].get("_final_obs", step[3])):
        mask[:] = False
    following = env.step(np.zeros((COUNT, 3), np.float32))
    assert following[3].all() == (mode is AutoresetMode.DISABLED)
    assert (following[1] == 0).all() == (mode is AutoresetMode.NEXT_STEP)


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_gymnasiums_statistics_wrapper_works_on_it(mode: AutoresetMode) -> None:
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(make(mode))
    env.reset(seed=0)
    total = np.zeros(COUNT)
    for action in actions(STEPS):
        _, reward, _, _, info = env.step(action)
        total += reward
    np.testing.assert_allclose(info["episode"]["r"], total)
    np.testing.assert_array_equal(info["episode"]["l"], STEPS)
    assert env.env.close() is None


def test_gymnasium_makes_it_with_the_settings_given() -> None:
    env = gymnasium.make_vec(
        "robo_ddpg/Reach-v0", num_envs=2, autoreset_mode=AutoresetMode.SAME_STEP, episode_s=1.0
    )
    assert isinstance(env, RobotVectorEnv)
    assert env.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert env.task.episode_steps == 20
