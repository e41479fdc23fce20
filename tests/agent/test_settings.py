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
    ],
)
def test_a_wrong_setting_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{field}="):
        replace(AgentSettings(), **{field: value})
