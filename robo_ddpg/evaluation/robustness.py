"""How a controller's success falls as the world departs from the one it was trained in."""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import environment_of
from robo_ddpg.evaluation.episodes import Act, run_episodes
from robo_ddpg.evaluation.evaluate import SEED, Evaluation, check_count_and_seed, check_fit
from robo_ddpg.evaluation.perturbations import PERTURBATIONS, Perturbation
from robo_ddpg.evaluation.same_episodes import shared_world
from robo_ddpg.evaluation.spread import Spread, in_turn
from robo_ddpg.runs.charts import compared_charts, line_charts, save_png
from robo_ddpg.runs.lines import robustness_line
from robo_ddpg.runs.robustness_curves import Robustness, RobustnessCurve, RobustnessPoint

_World = tuple[Perturbation, float] | None
"""What is changed and how far; None for the world as it is."""
DRAWN = (
    "random_mass",
    "random_friction",
    "random_strength",
    "random_latency_steps",
    "random_noise",
)
"""Settings of a task that would undo what a perturbation does."""
EPISODES = 50
"""Episodes at each point of a curve."""


def evaluate_robustness(
    controller: Controller,
    *,
    episodes: int = EPISODES,
    seed: int = SEED,
    perturbations: dict[str, Perturbation] = PERTURBATIONS,
    progress: Callable[[str], None] | None = None,
    spread: Spread = in_turn,
    **settings: Any,
) -> Robustness:
    """Evaluate a controller in changed worlds; at every point the same seeds.

    Args:
        controller: the controller.
        episodes: at each point, all in parallel.
        seed: of the first episode; episode k starts from seed + k.
        perturbations: name -> what is changed.
        progress: called with the name of each perturbation once it was tried.
        spread: tries them elsewhere; the result is the same.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        ControllerError: it does not fit its task.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    check_count_and_seed(episodes, seed)
    worlds: list[_World] = [None]
    for perturbation in perturbations.values():
        levels = (level for level in perturbation.levels if level != perturbation.nominal)
        worlds += [(perturbation, level) for level in levels]
    points = spread(functools.partial(_evaluated, controller, settings, episodes, seed), worlds)
    control = next(points)
    assert control is not None  # the world as it is can always be tried
    curves = {}
    for name, perturbation in perturbations.items():
        found = {
            level: control if level == perturbation.nominal else next(points)
            for level in perturbation.levels
        }
        curves[name] = _curve(perturbation, found)
        if progress:
            progress(name)
    return Robustness(controller.task["name"], controller.path, episodes, seed, control, curves)


def _curve(
    perturbation: Perturbation, found: dict[float, RobustnessPoint | None]
) -> RobustnessCurve:
    points = {level: point for level, point in found.items() if point is not None}
    about = (perturbation.title, perturbation.unit, perturbation.nominal)
    return RobustnessCurve(*about, points if len(points) == len(found) else None)


def _evaluated(
    controller: Controller, settings: dict[str, Any], episodes: int, seed: int, world: _World
) -> RobustnessPoint | None:
    """One point of a curve, in an environment of its own; None where it is not possible."""
    task = controller.task
    env = environment_of(controller, episodes, **_steady(task["settings"]) | settings)
    try:
        check_fit(controller, env)
        act: Act | None = controller.act
        if world is not None:
            perturbation, level = world
            act = perturbation.apply(env.simulation, controller.act, level)
        if act is None:
            return None
        run = run_episodes(env, act, seed, episodes)
    finally:
        env.close()
    evaluation = Evaluation(task["name"], controller.path, seed, run)
    return RobustnessPoint.of(evaluation.statistics())


def compare_robustness(controllers: Sequence[Controller], **plan: Any) -> list[Robustness]:
    """Evaluate controllers of one task in the same changed worlds, on the same episodes.

    Each acts and observes as it does. Besides what is tried nothing varies that did not vary alike
    in the training of all.

    Args:
        controllers: at least one.
        **plan: as `evaluate_robustness` takes it.

    Raises:
        ControllerError: one does not fit its task, or their episodes cannot be the same.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    world = shared_world(controllers)
    return [evaluate_robustness(controller, **plan, **world) for controller in controllers]


def _steady(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What was drawn anew in each episode of training stays as it is, or as a curve says."""
    return {name: 0 for name in DRAWN if name in settings}


def robustness_lines(result: Robustness) -> list[str]:
    """The result in words: success, or return where that is not known, at each level."""
    lines = []
    for curve in result.perturbations.values():
        points = [f"{_result(point)} at {level:g}" for level, point in (curve.points or {}).items()]
        if points:
            lines.append(f"{curve.title} [{curve.unit}]: {', '.join(points)}")
    return lines


def _result(point: RobustnessPoint) -> str:
    success = point.success
    return f"{point.returns.mean:.2f}" if success is None else f"{100 * success.mean:.0f} %"


def point_in_words(point: RobustnessPoint) -> str:
    """Success, or return where that is not known, with its 95 % interval."""
    if point.success is None:
        found = point.returns
        return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})"
    mean, low, high = (100 * x for x in (point.success.mean, point.success.low, point.success.high))
    return f"{mean:.0f} % ({low:.0f} to {high:.0f})"


def plot_robustness(result: Robustness, path: Path) -> None:
    """Draw the curves.

    Args:
        result: from `evaluate_robustness`.
        path: the PNG to write; whole or not at all.
    """
    lines = [robustness_line(curve) for curve in result.perturbations.values() if curve.points]
    title = f"Robustness of {result.task}, {result.episodes} episodes at each point"
    save_png(line_charts(lines, title), path)


def plot_compared_robustness(
    results: Sequence[Robustness], names: Sequence[str], path: Path
) -> None:
    """Draw the curves of several controllers into the same charts.

    Args:
        results: from `compare_robustness`.
        names: of the controllers.
        path: the PNG to write; whole or not at all.
    """
    curves = zip(*(result.perturbations.values() for result in results), strict=True)
    charts = [[robustness_line(curve) for curve in row] for row in curves if row[0].points]
    first = results[0]
    title = f"Robustness on {first.task}, the same {first.episodes} episodes at each point"
    save_png(compared_charts(charts, names, title), path)
