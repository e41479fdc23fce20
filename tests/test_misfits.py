"""What is wrong with settings is said in words of settings, not of Python."""

from dataclasses import dataclass
from typing import Any, Literal

import gymnasium
import numpy as np
import pytest

import robo_ddpg
from robo_ddpg.errors import SettingsError
from robo_ddpg.misfits import misfit


@dataclass(frozen=True)
class Settings:
    """Of every type that settings have."""

    tolerance_m: float = 0.02
    critics: int = 2
    safety: bool = True
    low_m: tuple[float, float] = (0.0, 0.0)
    sizes: tuple[int, ...] = (4, 4)
    minutes: float | None = None
    mode: Literal["joint", "hand"] = "joint"
    more: Any = None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"tolerance": 1.0}, "there is no tolerance; did you mean tolerance_m?"),
        ({"zebra": 1.0}, "there is no zebra"),
        ({"tolerance_m": "a"}, "tolerance_m must be a number, got 'a'"),
        ({"tolerance_m": True}, "tolerance_m must be a number, got True"),
        ({"critics": 1.5}, "critics must be a whole number, got 1.5"),
        ({"safety": 1}, "safety must be True or False, got 1"),
        ({"low_m": (1.0,)}, "low_m must be 2 numbers, got (1.0,)"),
        ({"sizes": 4}, "sizes must be whole numbers, got 4"),
        ({"minutes": "3"}, "minutes must be a number or None, got '3'"),
        ({"mode": "leg"}, "mode must be one of joint, hand, got 'leg'"),
    ],
)
def test_the_first_misfit_is_named(values: dict[str, Any], said: str) -> None:
    assert misfit(Settings, values) == said


def test_whatever_numpy_calls_a_number_fits() -> None:
    values = {"tolerance_m": np.float32(1), "critics": np.int64(1), "low_m": [0, 1.0], "more": {}}
    assert misfit(Settings, values | {"minutes": None, "sizes": [], "mode": "hand"}) == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tolerance": 0.01}, r"'reach' .*there is no tolerance; did you mean tolerance_m\?"),
        ({"tolerance_m": "a"}, "tolerance_m must be a number, got 'a'"),
        ({"goal_low_m": 3}, "goal_low_m must be 3 numbers, got 3"),
        ({"tolerance_m": -1.0}, "tolerance_m must be positive"),
    ],
)
def test_settings_of_an_environment_are_refused_in_words(
    settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        gymnasium.make("robo_ddpg/Reach-v0", **settings)
    assert "__init__" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"minutes": "3"}, "minutes must be a number or None, got '3'"),
        ({"seed": "3"}, "seed must be a whole number, got '3'"),
        ({"agent": {"discont": 0.5}}, r"there is no discont; did you mean discount\?"),
        ({"agent": {"discount": "a"}}, "discount"),
        ({"environment": {"tolerance": 1}}, "did you mean tolerance_m"),
    ],
)
def test_settings_of_a_training_are_refused_in_words(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        robo_ddpg.train("reach", **settings)
    assert "__init__" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda env: robo_ddpg.SafeAction(env, {"rate": 1}), r"must be ActionLimits\(rate=..."),  # type: ignore[arg-type]
        (lambda _: robo_ddpg.ActionLimits(step_s="a"), "step_s must be a number, got 'a'"),  # type: ignore[arg-type]
        (lambda _: robo_ddpg.evaluate("reach", episodes="3"), "episodes must be a whole number"),  # type: ignore[arg-type]
        (lambda _: robo_ddpg.evaluate("reach", seed=0.5), "seed must be a whole number, got 0.5"),  # type: ignore[arg-type]
        (lambda _: robo_ddpg.evaluate("reach", tolerance=1), "did you mean tolerance_m"),
    ],
)
def test_what_a_function_is_given_is_refused_in_words(call: Any, said: str) -> None:
    env = gymnasium.make("Pendulum-v1")
    with pytest.raises(SettingsError, match=said):
        call(env)
