"""What differs from the agent's default settings for each task, and how long each is trained."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from robo_ddpg.agent.settings import AgentSettings, presets
from robo_ddpg.envs.names import ForeignSource, Source, resolve
from robo_ddpg.errors import SettingsError
from robo_ddpg.training.environment_rules import (
    FOREIGN,
    SIMULATIONS,
    evaluations_that_follow,
    facts_of,
    settings_that_follow,
    steps_that_follow,
)
from robo_ddpg.training.settings import TrainSettings

# Repeated actions carry the held cube away from the table; the gripper stays with the policy
# meanwhile. The physics takes as long as an update per 8 transitions, which then costs nothing on
# two cores.
_GRASP: dict[str, Any] = {
    "repeat_exempt": (-1,),
    "noise_range": (0.05, 0.3),
    "random_component_probability": 0.0,
    "transitions_per_update": 8,
}

# Nothing but hindsight tells a reward apart from another before the first success.
_SPARSE: dict[str, Any] = {
    "reward_bounds": (-1.0, 0.0),
    "relabel_future": 0.8,
    "relabel_other": 0.0,
}

# One critic got further per update than two on the one seed compared: docs/results.md.
_HALF_CHEETAH: dict[str, Any] = {
    "hidden_sizes": (256, 256),
    "critics": 1,
    "batch_size": 64,
    "discount": 0.99,
    "target_rate": 0.05,
    "replay_capacity": 1_000_000,
    "warmup_transitions": 5_000,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
}

# With 5,000 random transitions, one of three seeds stayed below 1,700 for 30,000 updates.
_GYMNASIUM_CHEETAH: dict[str, Any] = _HALF_CHEETAH | {
    "reward_scale": 0.1,
    "warmup_transitions": 60_000,
}

# The trot makes the legs take turns, so that noise only has to find how to steer them.
_QUADRUPED: dict[str, Any] = {
    "discount": 0.98,
    "noise_range": (0.05, 0.4),
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
    "replay_capacity": 1_000_000,
}

# Large noise ends their episodes before anything can be learned from them.
_BALANCING: dict[str, Any] = _HALF_CHEETAH | {
    "noise_range": (0.02, 0.3),
    "warmup_amplitude": 0.3,
}

# Small steady noise finds every goal; relabelling and repeated actions only blur the last
# centimetre.
_REACH: dict[str, Any] = {
    "noise_range": (0.05, 0.3),
    "relabel_future": 0.0,
    "relabel_other": 0.0,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
}

AGENT: dict[str, dict[str, Any]] = {
    "reach": _REACH,
    "reach-sparse": _REACH | _SPARSE,
    "grasp": _GRASP,
    "grasp-any": _GRASP,
    "grasp-sparse": _GRASP | _SPARSE,
    "HalfCheetah-v5": _GYMNASIUM_CHEETAH,
    "locomotion": _HALF_CHEETAH,
    "locomotion-hopper": _BALANCING,
    "locomotion-walker": _BALANCING,
    "locomotion-quadruped": _QUADRUPED,
}
"""Task -> agent settings, on top of the preset `default`; measured in docs/results.md."""

STEPS: dict[str, int] = {
    "reach": 100_000,
    "reach-sparse": 100_000,
    "grasp": 160_000,
    "grasp-any": 360_000,
    "grasp-sparse": 160_000,
    "HalfCheetah-v5": 3_000_000,
    "locomotion": 1_200_000,
    "locomotion-hopper": 2_000_000,
    "locomotion-walker": 2_000_000,
    "locomotion-quadruped": 5_000_000,
}
"""Task -> transitions to train for at most."""

DEFAULT_STEPS = 300_000
"""For tasks that are not listed."""


MASTERED_TIMES = 5
"""Evaluations in a row that a task has to be mastered in before training stops early."""


@dataclass(frozen=True)
class EvaluationPlan:
    """How often a policy is judged during training, and by how many episodes."""

    every: int = 4_000
    """Transitions between evaluations."""
    episodes: int = 100
    """Episodes of each."""


_RUNNING = EvaluationPlan(40_000, 10)

# The best of many evaluations of 100 episodes is often the luckiest.
_PLANS: dict[str, EvaluationPlan] = {
    "grasp": EvaluationPlan(8_000, 200),
    "grasp-any": EvaluationPlan(12_000, 200),
    "grasp-sparse": EvaluationPlan(8_000, 200),
    # One fall in fifty does not show reliably in fifty episodes.
    "locomotion-quadruped": EvaluationPlan(100_000, 100),
    "HalfCheetah-v5": _RUNNING,
    "Hopper-v5": _RUNNING,
    "Walker2d-v5": _RUNNING,
}


def evaluation_plan(source: Source) -> EvaluationPlan:
    """How a task is judged; episodes of running are long, so there are fewer."""
    task = source.name
    if task in _PLANS:
        return _PLANS[task]
    if task.startswith("locomotion"):
        return EvaluationPlan(50_000, 50)
    if isinstance(source, ForeignSource):
        return EvaluationPlan(10_000, 20)
    return EvaluationPlan()


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
    return dataclasses.replace(settings, **ours, **AGENT.get(source.name, {}))


def _by_rules(source: Source) -> TypeGuard[ForeignSource]:
    """Whether settings follow from what an environment is like: it has no row in `AGENT`."""
    return isinstance(source, ForeignSource) and source.name not in AGENT


def _for_any(source: ForeignSource, environment: Mapping[str, Any] | None) -> dict[str, Any]:
    """The agent's settings for an environment without a row in `AGENT`."""
    followed = settings_that_follow(facts_of(source, environment or {}))
    return FOREIGN | {name: value for name, (value, _) in followed.items()}


def train_settings(
    task: str,
    *,
    preset: str = "default",
    agent: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    stop_early: bool = True,
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
        python: the interpreter that knows the environment; None for this one.
        **others: further fields of `TrainSettings`; None stands for the default.

    Raises:
        UnknownEnvironmentError: there is no such task or environment.
        SettingsError: a setting does not exist or has a value that cannot work.
    """
    source = resolve(task, python)
    plan = evaluation_plan(source)
    reasons: dict[str, str] = {}
    defaults: dict[str, Any] = {
        "steps": STEPS.get(source.name, DEFAULT_STEPS),
        "evaluate_every": plan.every,
        "evaluation_episodes": plan.episodes,
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
    try:
        learning = agent_settings(source, preset, environment)
        learning = dataclasses.replace(learning, **(agent or {}))
    except (TypeError, ValueError) as error:
        raise SettingsError(f"agent settings of {source.name}: {error}") from error
    return TrainSettings(
        task=source.name,
        agent=learning,
        environment=source.complete(environment or {}),
        python=python,
        reasons=reasons,
        **(defaults | given),
    )
