"""Episodes of a deterministic policy, and the statistics of them."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.envs.vector import AnyVectorEnv, make_vector_env, size_of
from robo_ddpg.errors import ControllerError, SettingsError
from robo_ddpg.evaluation.episode_metrics import EpisodeMetrics
from robo_ddpg.evaluation.statistics import bootstrap_interval, interquartile_mean, wilson_interval
from robo_ddpg.model_fields import model_hash
from tasks.arrays import Array

Act = Callable[[NDArray[np.float32]], NDArray[np.float32]]

MOST_AT_ONCE = 200
"""Episodes simulated in parallel."""
QUANTILES = {"median": 0.5, "p90": 0.9, "max": 1.0}
"""What is reported of the quantities of an episode."""
SEED = 20_000
"""Seed of the first evaluation episode; training and its own evaluations draw from others."""


@dataclass(frozen=True)
class Episodes:
    """What happened in each episode; arrays of (episodes,)."""

    seeds: NDArray[np.int64]
    """Seed of each episode."""
    returns: Array
    """Sum of rewards."""
    lengths: NDArray[np.int64]
    """Control steps."""
    success: NDArray[np.bool_] | None
    """Solved at the end; None where the environment does not say."""
    unstable: NDArray[np.bool_] | None
    """Ended because the physics became unstable; None where the environment does not say."""
    terminated: NDArray[np.bool_]
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
    """`EPISODE_METRICS`; NaN where there is no value."""
    success_at_reset: NDArray[np.bool_] | None = None
    """Solved before the first action; None where the environment does not say."""


def run_episodes(env: AnyVectorEnv, act: Act, seed: int, count: int) -> Episodes:
    """Run one episode in each of the first `count` simulations.

    Args:
        env: vector environment without autoreset.
        act: observations (n, o) -> actions (n, a).
        seed: simulation k starts from seed + k.
        count: how many simulations are counted.
    """
    n = env.num_envs
    observation, _ = env.reset(seed=seed)
    metrics = EpisodeMetrics(env)
    returns, lengths, running = np.zeros(n), np.zeros(n, np.int64), np.ones(n, bool)
    last: dict[str, Any] = {}
    terms: dict[str, Array] = {}
    while running[:count].any():
        observation, reward, terminated, truncated, info = env.step(act(observation))
        returns += np.where(running, reward, 0.0)
        lengths += running
        metrics.add(running, info)
        for name, term in info.get("reward_terms", {}).items():
            terms[name] = terms.get(name, 0.0) + np.where(running, term, 0.0)
        finished = terminated | truncated
        _keep(last, _flat(info) | {"terminated": terminated}, running & finished, n)
        running &= ~finished
        if finished.any():
            # Finished simulations start again so that the others can go on; it is not counted.
            observation, _ = env.reset(options={"reset_mask": finished})
    episodes = _episodes(seed, count, returns, lengths, last)
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


def _keep(
    last: dict[str, Any], info: dict[str, NDArray[Any]], ended: NDArray[np.bool_], n: int
) -> None:
    """Copy the rows of simulations whose episode ends here."""
    if not ended.any():
        return
    for key, value in info.items():
        last.setdefault(key, np.zeros(n, value.dtype))[ended] = value[ended]


def _episodes(
    seed: int, count: int, returns: Array, lengths: NDArray[np.int64], last: dict[str, Any]
) -> Episodes:
    def group(prefix: str, suffix: str = "") -> dict[str, Array]:
        return {
            key.removeprefix(prefix).removesuffix(suffix): value[:count].astype(float)
            for key, value in last.items()
            if key.startswith(prefix) and key.endswith(suffix)
        }

    success, unstable = last.get("is_success"), last.get("unstable")
    return Episodes(
        seeds=seed + np.arange(count),
        returns=returns[:count],
        lengths=lengths[:count],
        success=None if success is None else success[:count].astype(bool),
        unstable=None if unstable is None else unstable[:count].astype(bool),
        terminated=last["terminated"][:count].astype(bool),
        metrics=group("metrics/"),
        safety=group("safety/", "/count"),
        violations=group("violations/"),
    )


def _joined(parts: list[Episodes]) -> Episodes:
    def join(values: list[Any]) -> Any:
        if isinstance(values[0], dict):
            return {key: np.concatenate([value[key] for value in values]) for key in values[0]}
        return None if values[0] is None else np.concatenate(values)

    return Episodes(**{key: join([vars(part)[key] for part in parts]) for key in vars(parts[0])})


@dataclass(frozen=True)
class Evaluation:
    """An evaluated controller."""

    task: str
    """Name of the task."""
    controller: str
    """Where the controller came from."""
    seed: int
    """Seed of the first episode."""
    episodes: Episodes
    """Every episode."""
    safety_filter: str | None = None
    """`on` or `off`; None where the environment has no filter."""
    model_matches: bool | None = None
    """Whether the model was the one the controller was trained with; None if nobody knows."""

    def summary(self) -> dict[str, Any]:
        """The statistics, as JSON-compatible values; what was not measured is None."""
        episodes, success = self.episodes, self.episodes.success
        steps = int(episodes.lengths.sum())
        rate: tuple[float | None, float | None, float | None] = (None, None, None)
        if success is not None:
            rate = (float(success.mean()), *wilson_interval(int(success.sum()), len(success)))
        low, high = bootstrap_interval(episodes.returns)
        return {
            "task": self.task,
            "controller": self.controller,
            "episodes": len(episodes.returns),
            "seed": self.seed,
            "safety_filter": self.safety_filter,
            "model_matches": self.model_matches,
            "success_rate": rate[0],
            "success_low": rate[1],
            "success_high": rate[2],
            "return_mean": float(episodes.returns.mean()),
            "return_iqm": interquartile_mean(episodes.returns),
            "return_low": low,
            "return_high": high,
            "length_mean": float(episodes.lengths.mean()),
            "length_median": float(np.median(episodes.lengths)),
            "unstable": None if episodes.unstable is None else int(episodes.unstable.sum()),
            "terminated": int(episodes.terminated.sum()),
            "success_at_reset": _share(episodes.success_at_reset),
            "reward_terms": {k: float(v.mean()) for k, v in episodes.reward_terms.items()} or None,
            **{f"{name}_mean": float(v.mean()) for name, v in episodes.metrics.items()},
            **{
                f"{name}_{label}": quantile(values, level)
                for name, values in {**episodes.metrics, **episodes.episode_metrics}.items()
                for label, level in QUANTILES.items()
            },
            "safety": {key: float(v.sum()) / steps for key, v in episodes.safety.items()} or None,
            "violations": {key: float(v.max()) for key, v in episodes.violations.items()} or None,
        }

    def rows(self) -> list[dict[str, Any]]:
        """One row per episode, for a CSV file."""
        episodes = self.episodes
        columns: dict[str, Any] = {
            "seed": episodes.seeds,
            "return": episodes.returns,
            "length": episodes.lengths,
        }
        for name in ("unstable", "success", "success_at_reset"):
            values = getattr(episodes, name)
            columns[name] = np.full(len(episodes.seeds), np.nan) if values is None else values
        columns |= episodes.metrics | episodes.episode_metrics
        columns |= {f"safety_{key}": value for key, value in episodes.safety.items()}
        columns |= {f"violation_{key}": value for key, value in episodes.violations.items()}
        return [
            {key: _known(values[i].item()) for key, values in columns.items()}
            for i in range(len(episodes.seeds))
        ]


def evaluate(
    controller: Controller | str,
    *,
    episodes: int = 100,
    seed: int = SEED,
    progress: Callable[[int], None] | None = None,
    **settings: Any,
) -> Evaluation:
    """Evaluate a controller on its task, without exploration noise.

    Args:
        controller: a controller, or what `Controller.find` takes.
        episodes: number of episodes; episode k starts from seed + k.
        seed: seed of the first episode.
        progress: called with the number of episodes done.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        ControllerError: there is no such controller, or it does not fit the task.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    check_count_and_seed(episodes, seed)
    if not isinstance(controller, Controller):
        controller = Controller.find(controller)
    task = controller.task
    env = make_vector_env(
        task["name"], min(episodes, MOST_AT_ONCE), **{**task["settings"], **settings}
    )
    try:
        check_fit(controller, env)
        about = _world(controller, env)
        parts: list[Episodes] = []
        for start in range(0, episodes, env.num_envs):
            count = min(env.num_envs, episodes - start)
            parts.append(run_episodes(env, controller.act, seed + start, count))
            if progress:
                progress(start + count)
    finally:
        env.close()
    return Evaluation(task["name"], controller.path, seed, _joined(parts), **about)


def _world(controller: Controller, env: AnyVectorEnv) -> dict[str, Any]:
    """What an `Evaluation` says of the simulations it was made in."""
    if not isinstance(env, RobotVectorEnv):
        return {}
    trained_with = controller.task.get("model_hash")
    filtered = getattr(env.task.settings, "safety", None)
    return {
        "safety_filter": None if filtered is None else ("off", "on")[filtered],
        "model_matches": None
        if trained_with is None
        else trained_with == model_hash(env.task.model),
    }


def check_count_and_seed(episodes: int, seed: int) -> None:
    """Refuse a number of episodes that is not positive, and a negative seed."""
    if episodes < 1:
        raise SettingsError(f"episodes must be positive, got {episodes}")
    if seed < 0:
        raise SettingsError(f"seed must not be negative, got {seed}")


def quantile(values: Array, level: float) -> float | None:
    """A quantile of the values that are known; None if none is."""
    known = values[np.isfinite(values)]
    return float(np.quantile(known, level)) if len(known) else None


def _share(mask: NDArray[np.bool_] | None) -> float | None:
    return None if mask is None else float(mask.mean())


def _known(value: Any) -> Any:
    """None in place of NaN; CSV files leave it empty."""
    return None if isinstance(value, float) and np.isnan(value) else value


def check_fit(controller: Controller, env: AnyVectorEnv) -> None:
    """Refuse a controller that was trained for other observations or actions."""
    for what, expected, found in (
        ("observed values", controller.observation_size, size_of(env.single_observation_space)),
        (
            "action components",
            controller.action_size,
            size_of(env.single_action_space),
        ),
    ):
        if expected != found:
            raise ControllerError(
                f"{controller.path or 'the controller'} was trained for {expected} {what}, "
                f"but {controller.task['name']!r} now has {found}; train it again"
            )
