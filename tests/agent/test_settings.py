from dataclasses import replace
from typing import Any

import pytest

from robo_ddpg.agent.settings import AgentSettings, presets


@pytest.mark.parametrize("name", ["default", "td3", "ddpg-2015"])
def test_presets_build_afresh(name: str) -> None:
    make = presets()[name]

    assert isinstance(make(), AgentSettings)
    assert make() == make()


def test_the_2015_preset_has_the_numbers_of_the_paper() -> None:
    settings = presets()["ddpg-2015"]()

    assert settings.hidden_sizes == (400, 300)
    assert (settings.actor_learning_rate, settings.critic_learning_rate) == (1e-4, 1e-3)
    assert (settings.critic_weight_decay, settings.target_rate) == (1e-2, 1e-3)
    assert (settings.discount, settings.batch_size) == (0.99, 64)
    assert (settings.critics, settings.n_step, settings.actor_delay) == (1, 1, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden_sizes", ()),
        ("hidden_sizes", (128, 0)),
        ("critics", 3),
        ("actor_learning_rate", 0.0),
        ("critic_learning_rate", float("nan")),
        ("critic_weight_decay", -0.1),
        ("batch_size", 0),
        ("batch_size", 2.5),
        ("transitions_per_update", True),
        ("discount", 1.5),
        ("n_step", 0),
        ("target_rate", 1.1),
        ("actor_delay", 0),
        ("target_noise", -1.0),
        ("target_noise_clip", float("inf")),
        ("pre_activation_penalty", -1e-3),
        ("normalizer_freeze_after", 0),
        ("replay_capacity", 10),
        ("return_scale", -1.0),
        ("warmup_transitions", -1),
        ("warmup_amplitude", 2.0),
        ("noise", "pink"),
        ("noise_range", (0.5, 0.1)),
        ("noise_range", (0.0, 0.1)),
        ("random_component_probability", -0.1),
        ("repeat_probability", 1.1),
        ("repeat_steps", (0, 3)),
        ("repeat_steps", (5, 2)),
        ("repeat_exempt", (0.5,)),
        ("relabel_future", 1.2),
        ("relabel_other", 0.9),
        ("backend", "jax"),
        ("relabel_strategy", "random"),
        ("random_action_probability", 1.1),
        ("action_penalty", -1.0),
        ("reward_bounds", (0.0, -1.0)),
        ("reward_bounds", (-1.0,)),
        ("reward_bounds", (-1.0, float("inf"))),
        ("reward_bounds", (float("nan"), 0.0)),
    ],
)
def test_a_wrong_setting_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{field}="):
        replace(AgentSettings(), **{field: value})


@pytest.mark.parametrize(
    ("changes", "bounds"),
    [
        ({}, (float("-inf"), float("inf"))),
        ({"reward_bounds": (-1.0, 0.0), "discount": 0.95}, (-20.0, 0.0)),
        ({"reward_bounds": (-1.0, 2.0), "discount": 0.75, "reward_scale": 0.5}, (-2.0, 4.0)),
        ({"reward_bounds": (1.0, 1.0), "discount": 0.5}, (1.0, 2.0)),  # one step, or for ever
        ({"reward_bounds": (-2.0, -1.0), "discount": 0.0}, (-2.0, -1.0)),
    ],
)
def test_bounds_of_returns_follow_from_those_of_rewards(
    changes: dict[str, Any], bounds: tuple[float, float]
) -> None:
    assert replace(AgentSettings(), **changes).return_bounds == pytest.approx(bounds)


def test_returns_without_a_discount_have_no_bounds() -> None:
    with pytest.raises(ValueError, match=r"^reward_bounds=.*: expected a discount below 1"):
        AgentSettings(discount=1.0, reward_bounds=(-1.0, 0.0))
