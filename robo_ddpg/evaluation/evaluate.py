"""Evaluating a controller on its task."""

import dataclasses
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.envs.environment import Environment, size_of
from robo_ddpg.envs.guarded import UNLIMITED_STEPS
from robo_ddpg.envs.names import environment_of
from robo_ddpg.errors import ControllerError, SettingsError
from robo_ddpg.evaluation.episode_metrics import EPISODE_METRICS
from robo_ddpg.evaluation.episodes import Episodes, joined, never, run_episodes
from robo_ddpg.evaluation.gait_metrics import GAIT_METRICS
from robo_ddpg.evaluation.spread import Spread
from robo_ddpg.evaluation.statistics import (
    interquartile_mean,
    mean_estimate,
    spread,
    success_rate,
)
from robo_ddpg.misfits import fits
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.seeds import check_seed
from robo_ddpg.shown import Facts, Shown, measured
from tasks.quantities import Measure

MOST_AT_ONCE = 200
"""Episodes simulated in parallel."""
MOST_ELSEWHERE = 50
"""Episodes of a part that is played elsewhere."""
SEED = 20_000
"""Seed of the first evaluation episode; training and its own evaluations draw from others."""


@dataclass(frozen=True, repr=False)
class Evaluation(Shown):
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
    limited: bool = True
    """Whether the environment has a time limit; else episodes end after `UNLIMITED_STEPS`."""
    measured: Mapping[str, Measure] = field(default_factory=dict)
    """What was measured, in words and units."""

    def statistics(self) -> EvaluationStatistics:
        """What is reported of the episodes."""
        episodes = self.episodes
        steps = int(episodes.lengths.sum())
        measured = {**episodes.metrics, **episodes.episode_metrics}
        return EvaluationStatistics(
            task=self.task,
            controller=self.controller,
            episodes=len(episodes.returns),
            seed=self.seed,
            safety_filter=self.safety_filter,
            model_matches=self.model_matches,
            success=None if episodes.success is None else success_rate(episodes.success),
            returns=mean_estimate(episodes.returns),
            return_iqm=interquartile_mean(episodes.returns),
            length_mean=float(episodes.lengths.mean()),
            length_median=float(np.median(episodes.lengths)),
            unstable=None if episodes.unstable is None else int(episodes.unstable.sum()),
            terminated=int(episodes.terminated.sum()),
            cut=None if self.limited else int((episodes.lengths == UNLIMITED_STEPS).sum()),
            success_at_reset=_share(episodes.success_at_reset),
            reward_terms={k: float(v.mean()) for k, v in episodes.reward_terms.items()} or None,
            quantities={k: spread(v, k in episodes.metrics) for k, v in measured.items()},
            safety={key: float(v.sum()) / steps for key, v in episodes.safety.items()} or None,
            violations={key: float(v.max()) for key, v in episodes.violations.items()} or None,
            measured=dict(self.measured),
        )

    def summary(self) -> dict[str, Any]:
        """The statistics, as JSON-compatible values; what was not measured is None."""
        return self.statistics().to_json()

    def facts(self) -> Facts:
        """The task, the episodes, and how well it did."""
        return {
            "task": repr(self.task),
            "episodes": f"{len(self.episodes.returns)} from seed {self.seed}",
            **measured(self.summary()),
            "controller": repr(self.controller),
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
    controller: AnyController,
    *,
    episodes: int = 100,
    seed: int = SEED,
    progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = never,
    spread: Spread | None = None,
    **settings: Any,
) -> Evaluation:
    """Evaluate a controller on its task, without exploration noise.

    Args:
        controller: a controller, or what `Controller.find` takes.
        episodes: number of episodes; episode k starts from seed + k.
        seed: seed of the first episode.
        progress: called with the number of episodes done.
        stop: asked before each step, where episodes are played here.
        spread: plays them elsewhere; the result is the same.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        ControllerError: there is no such controller, or it does not fit the task.
        SettingsError: the number of episodes is not positive, or the seed is negative.
        EnvironmentFailure: the environment raised an exception, hangs, or returned what it must
            not.
        EvaluationStopped: `stop` said so.
    """
    check_count_and_seed(episodes, seed)
    controller = Controller.find(controller)
    play = functools.partial(_played, controller, settings)
    if spread is None:
        parts = [play((seed, episodes), progress, stop)]
    else:
        parts = list(_told(spread(play, _shares(seed, episodes)), progress))
    return dataclasses.replace(
        parts[0], seed=seed, episodes=joined([part.episodes for part in parts])
    )


def _shares(seed: int, episodes: int) -> list[tuple[int, int]]:
    """First seeds and numbers of episodes that make up an evaluation."""
    starts = range(0, episodes, MOST_ELSEWHERE)
    return [(seed + start, min(MOST_ELSEWHERE, episodes - start)) for start in starts]


def _told(
    parts: Iterable[Evaluation], progress: Callable[[int], None] | None
) -> Iterator[Evaluation]:
    """The parts, while it is told how many episodes have been played."""
    done = 0
    for part in parts:
        done += len(part.episodes.returns)
        if progress:
            progress(done)
        yield part


def _played(
    controller: Controller,
    settings: dict[str, Any],
    share: tuple[int, int],
    progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = never,
) -> Evaluation:
    """So many episodes from a seed on, in simulations of their own."""
    seed, episodes = share
    env = environment_of(controller, min(episodes, MOST_AT_ONCE), **settings)
    try:
        check_fit(controller, env)
        about = world_of(controller, env)
        parts: list[Episodes] = []
        for start in range(0, episodes, env.num_envs):
            count = min(env.num_envs, episodes - start)
            parts.append(run_episodes(env, controller.act, seed + start, count, stop))
            if progress:
                progress(start + count)
    finally:
        env.close()
    return Evaluation(controller.task["name"], controller.path, seed, joined(parts), **about)


def world_of(controller: Controller, env: Environment) -> dict[str, Any]:
    """What an `Evaluation` says of the simulations it was made in."""
    described = env.describe()
    hashes = {controller.task.get("model_hash"), described.get("model_hash")}
    filtered = described["settings"].get("safety") if env.simulation else None
    return {
        "safety_filter": None if filtered is None else ("off", "on")[filtered],
        "model_matches": None if None in hashes else len(hashes) == 1,
        "limited": env.episode_steps is not None,
        "measured": _measured(env),
    }


def _measured(env: Environment) -> dict[str, Measure]:
    """What is measured there, in words and units."""
    if env.simulation is None:
        return dict(env.quantities)
    gait = GAIT_METRICS if env.simulation.task.footing else {}
    return {**env.quantities, **EPISODE_METRICS, **gait}


def check_count_and_seed(episodes: int, seed: int) -> None:
    """Refuse a number of episodes that is not positive, and a seed that is none."""
    if not fits(episodes, int):
        raise SettingsError(f"episodes must be a whole number, got {episodes!r:.60}")
    if episodes < 1:
        raise SettingsError(f"episodes must be positive, got {episodes}")
    check_seed(seed)


def _said(form: Any) -> str:
    """What a described observation or action consists of."""
    parts = form if isinstance(form, list) else [form or {}]
    return ", ".join(f"{part.get('name', 'shape')} {part.get('shape')}" for part in parts)


def _share(mask: NDArray[np.bool_] | None) -> float | None:
    return None if mask is None else float(mask.mean())


def _known(value: Any) -> Any:
    """None in place of NaN; CSV files leave it empty."""
    return None if isinstance(value, float) and np.isnan(value) else value


def check_fit(controller: Controller, env: Environment) -> None:
    """Refuse a controller that was trained for other observations or actions.

    Raises:
        ControllerError: it was; the message names both tasks where they differ.
    """
    trained, here = controller.task["name"], env.describe()["name"]
    for given, found in _misfits(controller, env):
        who = f"{controller.path or 'the controller'} was trained for"
        if trained == here:
            raise ControllerError(f"{who} {given}, but {here!r} now has {found}; train it again")
        raise ControllerError(
            f"{who} {trained!r}, with {given}, but {here!r} has {found}; "
            f"name a controller of {here!r}"
        )


def _misfits(controller: Controller, env: Environment) -> Iterator[tuple[str, str]]:
    """What a controller was trained for, and what is there instead, in words."""
    now = env.describe()
    for what in ("observation", "action"):
        then = controller.task.get(what)
        if then is not None and json.loads(json.dumps(now.get(what))) != then:
            yield f"the {what} {_said(then)}", _said(now.get(what))
    for what, expected, space in (
        ("observed values", controller.observation_size, env.single_observation_space),
        ("action components", controller.action_size, env.single_action_space),
    ):
        if expected != size_of(space):
            yield f"{expected} {what}", str(size_of(space))
