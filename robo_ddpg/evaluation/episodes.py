"""Episodes of a deterministic policy, run in parallel."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.environment import Environment
from robo_ddpg.errors import EvaluationStopped
from robo_ddpg.evaluation.episode_metrics import EpisodeMetrics
from tasks.arrays import Array, Float32, Int64, Mask

Act = Callable[[Float32], Float32]
"""Observations (n, o) -> actions (n, a)."""


@dataclass(frozen=True)
class Episodes:
    """What happened in each episode; arrays of (episodes,)."""

    seeds: Int64
    """Seed of each episode."""
    returns: Array
    """Sum of rewards."""
    lengths: Int64
    """Control steps."""
    success: Mask | None
    """Solved at the end; None where the environment does not say."""
    unstable: Mask | None
    """Ended because the physics became unstable; None where the environment does not say."""
    terminated: Mask
    """Ended before its time: a failure, such as a fall."""
    metrics: dict[str, Array] = field(default_factory=dict)
    """The task's own quantities at the end."""
    reward_terms: dict[str, Array] = field(default_factory=dict)
    """Reward term -> its mean over the control steps."""
    safety: dict[str, Array] = field(default_factory=dict)
    """Reason -> control steps whose action was altered."""
    violations: dict[str, Array] = field(default_factory=dict)
    """Limit -> worst overshoot of the simulated robot."""
    episode_metrics: dict[str, Array] = field(default_factory=dict)
    """`EPISODE_METRICS`, and `GAIT_METRICS` of robots on legs; NaN where there is no value."""
    success_at_reset: Mask | None = None
    """Solved before the first action; None where the environment does not say."""


class Step(NamedTuple):
    """A step of all simulations, as it is told to others; arrays of (n, ...)."""

    observation: NDArray[Any]
    """Before it."""
    action: Float32
    reward: NDArray[Any]
    terminated: Mask
    ended: Mask
    """Whose episode ends here, terminated or truncated."""
    following: NDArray[Any]
    """What is observed after it."""
    running: Mask
    """Whose first episode, which counts, still ran."""


OnStep = Callable[[Step], None]


def never() -> bool:
    """Nobody stops it."""
    return False


def run_episodes(
    env: Environment,
    act: Act,
    seed: int,
    count: int,
    stop: Callable[[], bool] = never,
    *,
    measure: bool = True,
    on_step: OnStep | None = None,
) -> Episodes:
    """Run one episode in each of the first `count` simulations.

    Args:
        env: the environment.
        act: observations (n, o) -> actions (n, a).
        seed: simulation k starts from seed + k.
        count: how many simulations are counted.
        stop: asked before each step.
        measure: measure more than success and return, which takes longer.
        on_step: called with each step.

    Raises:
        EvaluationStopped: `stop` said so.
        EnvironmentFailure: the environment failed.
    """
    n = env.num_envs
    observation, _ = env.reset(seed=seed)
    seeds = env.seeds[:count].copy()
    metrics = EpisodeMetrics(env.simulation if measure else None, n)
    returns, lengths, running = np.zeros(n), np.zeros(n, np.int64), np.ones(n, bool)
    last: dict[str, Any] = {}
    terms: dict[str, Array] = {}
    while running[:count].any():
        if stop():
            raise EvaluationStopped(f"stopped with {running[:count].sum()} episodes still running")
        before, action = observation, act(observation)
        observation, reward, terminated, truncated, info = env.step(action)
        returns += np.where(running, reward, 0.0)
        lengths += running
        metrics.add(running, info)
        for name, term in info.get("reward_terms", {}).items():
            terms[name] = terms.get(name, 0.0) + np.where(running, term, 0.0)
        finished = terminated | truncated
        if on_step is not None:
            on_step(Step(before, action, reward, terminated, finished, observation, running))
        _keep(last, _flat(info) | {"terminated": terminated}, running & finished, n)
        running &= ~finished
        if finished.any():
            # Finished simulations start again so that the others can go on; it is not counted.
            observation, _ = env.reset(options={"reset_mask": finished})
    episodes = _episodes(seeds, returns, lengths, last)
    at_reset = metrics.success_at_reset
    return dataclasses.replace(
        episodes,
        episode_metrics={name: values[:count] for name, values in metrics.result().items()},
        reward_terms={name: (values / lengths)[:count] for name, values in terms.items()},
        success_at_reset=None if at_reset is None else at_reset[:count],
    )


def _flat(info: dict[str, Any], prefix: str = "") -> dict[str, NDArray[Any]]:
    flat: dict[str, NDArray[Any]] = {}
    for key, value in info.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}/")
        elif isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype != object:
            flat[prefix + key] = value
    return flat


def _keep(last: dict[str, Any], info: dict[str, NDArray[Any]], ended: Mask, n: int) -> None:
    """Copy the rows of simulations whose episode ends here."""
    if not ended.any():
        return
    for key, value in info.items():
        last.setdefault(key, np.zeros(n, value.dtype))[ended] = value[ended]


def _episodes(seeds: Int64, returns: Array, lengths: Int64, last: dict[str, Any]) -> Episodes:
    count = len(seeds)

    def group(prefix: str, suffix: str = "") -> dict[str, Array]:
        return {
            key.removeprefix(prefix).removesuffix(suffix): value[:count].astype(float)
            for key, value in last.items()
            if key.startswith(prefix) and key.endswith(suffix)
        }

    success, unstable = last.get("is_success"), last.get("unstable")
    return Episodes(
        seeds=seeds,
        returns=returns[:count],
        lengths=lengths[:count],
        success=None if success is None else success[:count].astype(bool),
        unstable=None if unstable is None else unstable[:count].astype(bool),
        terminated=last["terminated"][:count].astype(bool),
        metrics=group("metrics/"),
        safety=group("safety/", "/count"),
        violations=group("violations/"),
    )


def joined(parts: list[Episodes]) -> Episodes:
    """All episodes of several parts, in order."""

    def join(values: list[Any]) -> Any:
        if isinstance(values[0], dict):
            return {key: np.concatenate([value[key] for value in values]) for key in values[0]}
        return None if values[0] is None else np.concatenate(values)

    return Episodes(**{key: join([vars(part)[key] for part in parts]) for key in vars(parts[0])})
