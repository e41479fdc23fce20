"""Gymnasium's environments, as training and evaluation see them."""

import numpy as np
import pytest

from robo_ddpg.envs.foreign.make import foreign_environment, one_after_the_other


@pytest.mark.parametrize("name", ["Pendulum-v1", "HalfCheetah-v5"])
def test_nothing_is_known_of_them_but_how_to_make_them_again(name: str) -> None:
    env = foreign_environment(name, 2)
    assert env.simulation is None
    assert env.goal_space is None
    described = env.describe()
    assert (described["name"], described["settings"]) == (name, {})
    assert [part["name"] for part in described["observation"]] == ["observation"]
    assert described["action"]["shape"] == list(env.single_action_space.shape)
    env.close()


def test_simulations_know_their_seeds() -> None:
    env = foreign_environment("Pendulum-v1", 3)
    env.reset(seed=7)
    assert env.seeds.tolist() == [7, 8, 9]
    env.reset(options={"reset_mask": np.array([True, False, False])})
    assert env.seeds.tolist() == [7, 8, 9]
    env.close()


def test_arguments_reach_the_environment_and_the_controller_file() -> None:
    # The cost of control is part of the reward, so that standing still is all that is not charged.
    cheap, dear = (
        foreign_environment("HalfCheetah-v5", 1, ctrl_cost_weight=weight) for weight in (0.0, 10.0)
    )
    assert dear.describe()["settings"] == {"ctrl_cost_weight": 10.0}
    rewards = []
    for env in (cheap, dear):
        env.reset(seed=0)
        rewards.append(float(env.step(np.ones((1, 6), np.float32))[1][0]))
        env.close()
    assert rewards[0] - rewards[1] == pytest.approx(60.0, rel=1e-3)


def test_stepped_together_or_in_turn_the_episodes_are_the_same() -> None:
    together, in_turn = foreign_environment("Hopper-v5", 2), one_after_the_other("Hopper-v5", 2)
    np.testing.assert_array_equal(together.reset(seed=3)[0], in_turn.reset(seed=3)[0])
    for env in (together, in_turn):
        env.close()
