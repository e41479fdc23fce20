from dataclasses import replace

import numpy as np
import pytest

from robo_ddpg.agent.exploration import Exploration
from robo_ddpg.agent.settings import AgentSettings
from tasks.arrays import Float32

QUIET = AgentSettings(
    noise_range=(1e-6, 1e-6), random_component_probability=0.0, repeat_probability=0.0
)


def explored_steps(exploration: Exploration, steps: int, shape: tuple[int, int]) -> Float32:
    return np.stack([exploration(np.zeros(shape, np.float32)) for _ in range(steps)])


def test_noise_of_each_simulation_has_the_scale_set() -> None:
    exploration = Exploration(replace(QUIET, noise_range=(0.01, 0.16)), 5, 3, seed=0)

    spread = explored_steps(exploration, 2000, (5, 3)).std(axis=(0, 2))

    np.testing.assert_allclose(spread, [0.01, 0.02, 0.04, 0.08, 0.16], rtol=0.05)


def test_a_slower_pace_makes_noise_smaller() -> None:
    exploration = Exploration(replace(QUIET, noise_range=(0.2, 0.2)), 2, 500, seed=0)

    assert exploration(np.zeros((2, 500), np.float32), pace=0.1).std() == pytest.approx(
        0.02, rel=0.1
    )


def test_one_simulation_has_the_geometric_mean() -> None:
    exploration = Exploration(replace(QUIET, noise_range=(0.01, 0.16)), 1, 3, seed=0)

    assert explored_steps(exploration, 2000, (1, 3)).std() == pytest.approx(0.04, rel=0.05)


def test_components_are_replaced_with_the_probability_set() -> None:
    settings = replace(QUIET, random_component_probability=0.25)
    steps = explored_steps(Exploration(settings, 8, 4, seed=0), 1000, (8, 4))

    replaced = np.abs(steps) > 1e-4
    assert replaced.mean() == pytest.approx(0.25, abs=0.01)
    assert steps[replaced].std() == pytest.approx(0.577, rel=0.03)  # uniform in +-1


def test_whole_actions_are_replaced_with_the_probability_set() -> None:
    settings = replace(QUIET, random_action_probability=0.25)
    steps = explored_steps(Exploration(settings, 8, 4, seed=0), 1000, (8, 4))

    replaced = np.abs(steps) > 1e-4
    np.testing.assert_allclose(replaced.mean(axis=(0, 1)), 0.25, atol=0.02)
    assert replaced.any(axis=2).mean() == pytest.approx(0.25, abs=0.02)  # all components at once
    assert steps[replaced].std() == pytest.approx(0.577, rel=0.03)  # uniform in +-1


def test_repeats_hold_one_action_and_spare_exempt_components() -> None:
    settings = replace(QUIET, repeat_probability=1.0, repeat_steps=(3, 3), repeat_exempt=(-1,))
    steps = explored_steps(Exploration(settings, 2, 3, seed=0), 6, (2, 3))

    np.testing.assert_allclose(steps[..., 2], 0.0, atol=1e-4)
    for start in (0, 3):
        np.testing.assert_array_equal(steps[start, :, :2], steps[start + 1, :, :2])
        np.testing.assert_array_equal(steps[start, :, :2], steps[start + 2, :, :2])
    assert np.all(steps[2, :, :2] != steps[3, :, :2])


def test_a_repeat_ends_with_its_episode() -> None:
    settings = replace(QUIET, repeat_probability=1.0, repeat_steps=(100, 100))
    exploration = Exploration(settings, 2, 1, seed=0)
    first = explored_steps(exploration, 1, (2, 1))[0]
    exploration.end_episodes(np.array([True, False]))
    second = explored_steps(exploration, 1, (2, 1))[0]

    assert first[0] != second[0]
    assert first[1] == second[1]


def test_an_exempt_component_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="component 4 does not exist"):
        Exploration(replace(QUIET, repeat_exempt=(4,)), 2, 3, seed=0)


def test_ornstein_uhlenbeck_noise_is_correlated_and_forgotten_at_the_end() -> None:
    settings = replace(QUIET, noise="ornstein-uhlenbeck", noise_range=(0.1, 0.1))
    exploration = Exploration(settings, 50, 1, seed=0)
    steps = explored_steps(exploration, 400, (50, 1))[100:, :, 0]

    # An autoregression with factor 0.85 correlates by it, and spreads by 0.1 / sqrt(1 - 0.85^2).
    correlation = np.corrcoef(steps[:-1].ravel(), steps[1:].ravel())[0, 1]
    assert correlation == pytest.approx(0.85, abs=0.02)
    assert steps.std() == pytest.approx(0.1898, rel=0.05)

    exploration.end_episodes(np.ones(50, np.bool_))
    assert explored_steps(exploration, 1, (50, 1)).std() == pytest.approx(0.1, rel=0.3)


def test_explored_actions_stay_within_bounds() -> None:
    settings = replace(QUIET, noise_range=(5.0, 5.0))

    steps = explored_steps(Exploration(settings, 4, 2, seed=0), 50, (4, 2))

    assert np.abs(steps).max() == 1.0


def test_the_warm_up_is_uniform_up_to_its_amplitude() -> None:
    exploration = Exploration(replace(QUIET, warmup_amplitude=0.3), 100, 2, seed=0)
    drawn = np.stack([exploration.uniform() for _ in range(20)])

    assert 0.29 < np.abs(drawn).max() <= 0.3
    assert drawn.std() == pytest.approx(0.173, rel=0.05)
