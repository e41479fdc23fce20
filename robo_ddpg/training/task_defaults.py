"""Complete settings of a training: from the task, from rules, from the user."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeGuard

from robo_ddpg.agent.settings import AgentSettings, presets
from robo_ddpg.envs.names import BuildingSource, ForeignSource, Source, resolve
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import SettingsError
from robo_ddpg.misfits import misfit
from robo_ddpg.training.environment_rules import (
    FOREIGN,
    SIMULATIONS,
    evaluations_that_follow,
    facts_of,
    settings_that_follow,
    steps_that_follow,
)
from robo_ddpg.training.settings import TrainSettings
from tasks.learning import Learning
from tasks.robust import robust as robust_settings

# With 5,000 random transitions, one of three seeds stayed below 1,700 for 30,000 updates.
_HALF_CHEETAH: dict[str, Any] = {
    "hidden_sizes": (256, 256),
    "critics": 1,
    "batch_size": 64,
    "discount": 0.99,
    "target_rate": 0.05,
    "reward_scale": 0.1,
    "replay_capacity": 1_000_000,
    "warmup_transitions": 60_000,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
}

GYMNASIUM: dict[str, Learning] = {
    "HalfCheetah-v5": Learning(_HALF_CHEETAH, 3_000_000, 40_000, evaluation_episodes=10),
}
"""Environments of others that were tuned before there were rules: docs/results.md."""

_FOREIGN = Learning(evaluate_every=10_000, evaluation_episodes=20)
# Episodes of these are long.
_RUNNING = Learning(evaluate_every=40_000, evaluation_episodes=10)
_PLANS = {"Hopper-v5": _RUNNING, "Walker2d-v5": _RUNNING}

MASTERED_TIMES = 5
"""Evaluations in a row that a task has to be mastered in before training stops early."""


def learning_of(source: Source) -> Learning:
    """How a task or environment is learned, as far as its name says it."""
    known = source.learning or GYMNASIUM.get(source.name)
    return known or _PLANS.get(source.name, _FOREIGN)


def agent_settings(
    source: Source, preset: str = "default", environment: Mapping[str, Any] | None = None
) -> AgentSettings:
    """The agent's settings for a task.

    Args:
        source: the task.
        preset: `default` (tuned), `td3` or `ddpg-2015`; only the first depends on the task.
        environment: settings of the task.

    Raises:
        SettingsError: there is no such preset.
    """
    if preset not in presets():
        raise SettingsError(f"unknown preset {preset!r}; available: {', '.join(presets())}")
    settings = presets()[preset]()
    if preset != "default":
        return settings
    if _by_rules(source):
        return dataclasses.replace(settings, **_for_any(source, environment))
    # This package's tasks scale their observations by hand; statistics on top of that made reach
    # take three times as long.
    foreign = isinstance(source, ForeignSource)
    ours: dict[str, Any] = {} if foreign else {"normalize_observations": False}
    return dataclasses.replace(settings, **(ours | _declared(source, environment)))


def _declared(source: Source, environment: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the task says; nothing of mirrors where it has none: uneven ground, other robots."""
    declared = dict(learning_of(source).agent)
    if "mirror_share" in declared and not make_task(source.name, **(environment or {})).images():
        del declared["mirror_share"]
    return declared


def _by_rules(source: Source) -> TypeGuard[ForeignSource]:
    """Whether settings follow from what an environment is like."""
    return isinstance(source, ForeignSource) and source.name not in GYMNASIUM


def _for_any(source: ForeignSource, environment: Mapping[str, Any] | None) -> dict[str, Any]:
    """The agent's settings for an environment that nothing is known of."""
    followed = settings_that_follow(facts_of(source, environment or {}))
    return FOREIGN | {name: value for name, (value, _) in followed.items()}


def train_settings(
    task: str,
    *,
    preset: str = "default",
    agent: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    stop_early: bool = True,
    robust: bool = False,
    python: str | None = None,
    **others: Any,
) -> TrainSettings:
    """Complete settings of a training, from those that differ from the task's defaults.

    Args:
        task: name of a task, `module:Class`, or the id of a Gymnasium environment.
        preset: `default` (tuned), `td3` or `ddpg-2015`.
        agent: fields of `AgentSettings`.
        environment: settings of the task.
        stop_early: stop once the task is mastered.
        robust: vary masses, friction, strength and latency: `tasks.robust`.
        python: the interpreter that knows the environment; None for this one.
        **others: further fields of `TrainSettings`; None stands for the default.

    Raises:
        UnknownEnvironmentError: there is no such task or environment.
        SettingsError: a setting does not exist or has a value that cannot work.
    """
    source = resolve(task, python)
    if robust:
        environment = {**_robust(source, environment or {}), **(environment or {})}
    learned = learning_of(source)
    if learned.practice:
        source.complete({**(environment or {}), **learned.practice})
    reasons: dict[str, str] = {}
    defaults: dict[str, Any] = {
        "steps": learned.steps,
        "evaluate_every": learned.evaluate_every,
        "evaluation_episodes": learned.evaluation_episodes,
        "mastered_times": MASTERED_TIMES if stop_early else 0,
    }
    if preset == "default" and _by_rules(source):
        facts = facts_of(source, environment or {})
        followed = settings_that_follow(facts)
        reasons = {name: why for name, (_, why) in followed.items() if name not in (agent or {})}
        defaults |= {
            "simulations": SIMULATIONS,
            "steps": steps_that_follow(facts),
            "evaluate_every": evaluations_that_follow(facts),
        }
    given = {name: value for name, value in others.items() if value is not None}
    complete = source.complete(environment or {})
    try:
        learning = agent_settings(source, preset, environment)
        learning = dataclasses.replace(learning, **(agent or {}))
    except (TypeError, ValueError) as error:
        wrong = misfit(AgentSettings, agent or {}) or error
        raise SettingsError(f"agent settings of {source.name}: {wrong}") from error
    if wrong := misfit(TrainSettings, given):
        raise SettingsError(wrong)
    return TrainSettings(
        task=source.name,
        agent=learning,
        environment=complete,
        practice=dict(learned.practice),
        python=python,
        reasons=reasons,
        **(defaults | given),
    )


def practised(settings: TrainSettings) -> dict[str, Any]:
    """Settings of the task as it is practised: what was set otherwise than by default stays."""
    given = settings.environment
    if not settings.practice:
        return given
    plain = resolve(settings.task, settings.python).complete({})
    instead = {n: v for n, v in settings.practice.items() if given.get(n, plain[n]) == plain[n]}
    return given | instead


def _robust(source: Source, environment: Mapping[str, Any]) -> dict[str, Any]:
    """What varies in training for robustness.

    Raises:
        SettingsError: the environment is one of others, or a building.
    """
    if isinstance(source, ForeignSource):
        raise SettingsError(
            f"{source.name} is an environment of others, whose world --robust cannot vary; "
            "it goes with tasks"
        )
    if isinstance(source, BuildingSource):
        raise SettingsError(
            f"--robust varies robots; give {source.name} --environment.random-house 0.1"
        )
    return robust_settings(make_task(source.name, **environment).settings)
