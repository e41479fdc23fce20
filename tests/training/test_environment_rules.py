"""Settings that follow from what an environment is like."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box

from robo_ddpg.envs.names import ForeignSource, resolve
from robo_ddpg.training.environment_rules import (
    Facts,
    evaluations_that_follow,
    facts_of,
    settings_that_follow,
    steps_that_follow,
)
from robo_ddpg.training.task_defaults import train_settings

BRITTLE = "Brittle-v0"


class Brittle(gymnasium.Env[Any, Any]):
    """Breaks at once where an action is larger than what it bears."""

    observation_space = Box(-1.0, 1.0, (1,), np.float32)
    action_space = Box(-1.0, 1.0, (1,), np.float32)

    def __init__(self, bears: float = 0.5, costs: float = 0.0) -> None:
        self.bears, self.costs = bears, costs

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        return np.zeros(1, np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        effort = float(abs(action[0]))
        return np.zeros(1, np.float32), 1.0 - self.costs * effort, effort > self.bears, False, {}


@pytest.fixture(autouse=True)
def brittle() -> Iterator[None]:
    gymnasium.register(BRITTLE, Brittle, max_episode_steps=400)
    yield
    del gymnasium.registry[BRITTLE]


def value(facts: Facts, setting: str) -> Any:
    return settings_that_follow(facts)[setting][0]


@pytest.mark.parametrize(
    ("steps", "discount"), [(50, 0.95), (400, 0.975), (1000, 0.99), (20_000, 0.99), (None, 0.99)]
)
def test_the_discount_looks_a_tenth_of_an_episode_ahead(steps: int | None, discount: float) -> None:
    assert value(Facts(steps, early_ends=0.0), "discount") == discount


@pytest.mark.parametrize(
    ("steps", "n_step", "transitions"), [(50, 1, 2), (400, 1, 4), (1000, 3, 8), (None, 3, 8)]
)
def test_long_episodes_sum_rewards_and_short_ones_are_learned_from_more_often(
    steps: int | None, n_step: int, transitions: int
) -> None:
    facts = Facts(steps, early_ends=0.0)

    assert value(facts, "n_step") == n_step
    assert value(facts, "transitions_per_update") == transitions


def test_where_random_actions_end_episodes_none_is_held() -> None:
    assert value(Facts(1000, early_ends=0.5), "repeat_probability") == 0.0


def test_where_steps_are_paid_besides_actions_are_small_at_first() -> None:
    assert value(Facts(1000, early_ends=0.5, paid_to_live=True), "warmup_amplitude") == 0.3
    for facts in (Facts(1000, 0.5), Facts(1000, 0.0, paid_to_live=True)):
        assert "warmup_amplitude" not in settings_that_follow(facts)


def test_where_episodes_survive_random_actions_some_are_held_for_up_to_a_twentieth_of_one() -> None:
    assert value(Facts(400, early_ends=0.125), "repeat_probability") == 0.01
    assert value(Facts(400, early_ends=0.125), "repeat_steps") == (2, 20)
    assert value(Facts(20, early_ends=0.0), "repeat_steps") == (2, 2)


@pytest.mark.parametrize(("steps", "budget"), [(50, 100_000), (200, 200_000), (1600, 1_000_000)])
def test_the_budget_is_a_thousand_episodes_within_bounds(steps: int, budget: int) -> None:
    assert steps_that_follow(Facts(steps, early_ends=0.0)) == budget


@pytest.mark.parametrize(("bears", "early_ends"), [(0.5, 1.0), (1.0, 0.0)])
def test_an_environment_is_read_with_its_arguments(bears: float, early_ends: float) -> None:
    assert facts_of(ForeignSource(BRITTLE), {"bears": bears}) == Facts(
        400, early_ends, paid_to_live=True
    )


@pytest.mark.parametrize(("costs", "paid"), [(2.5, True), (10.0, False)])
def test_living_is_paid_where_small_actions_are(costs: float, paid: bool) -> None:
    assert facts_of(ForeignSource(BRITTLE), {"costs": costs}).paid_to_live is paid


def test_more_joints_get_more_time_and_half_of_it_to_come_to_rest() -> None:
    hopper, ant = (Facts(1000, early_ends=1.0, actions=actions) for actions in (3, 8))

    assert (steps_that_follow(hopper), steps_that_follow(ant)) == (1_000_000, 2_666_666)
    assert value(hopper, "anneal_updates") == 62_500
    assert settings_that_follow(ant)["anneal_updates"] == (
        166_666,
        "a budget of 2,666,666 transitions",
    )


@pytest.mark.parametrize(
    ("facts", "every"),
    [
        (Facts(1000, early_ends=0.0), 20_000),
        (Facts(200, early_ends=0.0), 4_000),
        (Facts(50, early_ends=0.0, goal_rewards=(-1.0, 0.0)), 5_000),
    ],
)
def test_evaluations_are_fifty_or_one_in_a_hundred_episodes(facts: Facts, every: int) -> None:
    assert evaluations_that_follow(facts) == every


def test_a_time_limit_given_as_an_argument_counts() -> None:
    assert facts_of(ForeignSource(BRITTLE), {"max_episode_steps": 30}).episode_steps == 30


def test_settings_come_with_the_reason_they_follow_from() -> None:
    settings = train_settings(BRITTLE)

    assert (settings.agent.discount, settings.agent.warmup_amplitude) == (0.975, 0.3)
    assert settings.reasons["discount"] == "episodes of 400 steps"
    assert settings.reasons["repeat_probability"] == "random actions end episodes early"


def test_a_setting_that_was_given_has_no_reason() -> None:
    settings = train_settings(BRITTLE, agent={"discount": 0.9})

    assert settings.agent.discount == 0.9
    assert "discount" not in settings.reasons


@pytest.mark.parametrize(("task", "preset"), [("reach", "default"), (BRITTLE, "td3")])
def test_own_tasks_and_presets_follow_no_rule(task: str, preset: str) -> None:
    assert train_settings(task, preset=preset).reasons == {}


def test_an_environment_that_cannot_be_made_says_so_when_it_is_used() -> None:
    assert facts_of(ForeignSource(BRITTLE), {"unheard": 1}) == Facts(None, early_ends=0.0)


def test_sparse_goals_are_relabelled_within_what_their_rewards_add_up_to() -> None:
    followed = settings_that_follow(Facts(50, 0.0, goal_rewards=(-1.0, 0.0)))
    values = {name: value for name, (value, _) in followed.items()}
    assert (values["relabel_future"], values["relabel_other"]) == (0.8, 0.0)
    assert (values["reward_bounds"], values["relabel_earned"]) == ((-1.0, 0.0), True)
    assert steps_that_follow(Facts(50, 0.0, goal_rewards=(-1.0, 0.0))) == 1_000_000
    assert "relabel_future" not in settings_that_follow(Facts(50, 0.0))


@pytest.mark.parametrize(("name", "rewards"), [("toys:Goals", (-1.0, 0.0)), ("toys:Toy", ())])
def test_the_rewards_of_goals_are_read_from_the_environment(
    name: str, rewards: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[1] / "envs" / "foreign")
    source = resolve(name)
    assert isinstance(source, ForeignSource)
    assert facts_of(source, {}).goal_rewards == rewards


def test_a_time_limit_that_is_not_stated_is_seen() -> None:
    assert facts_of(ForeignSource("tests.envs.checkup.toys:Sound"), {}).episode_steps == 40
