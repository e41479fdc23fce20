"""How a controller's success falls as the world departs from the one it was trained in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.envs.vector import make_vector_env
from robo_ddpg.evaluation.evaluate import (
    SEED,
    Act,
    Evaluation,
    check_count_and_seed,
    check_fit,
    run_episodes,
)
from robo_ddpg.evaluation.perturbations import PERTURBATIONS, Perturbation
from robo_ddpg.files import replacing

EPISODES = 50
"""Episodes at each point of a curve."""
KEYS = (
    *("success_rate", "success_low", "success_high"),
    *("return_mean", "return_low", "return_high", "violations", "unstable"),
)
"""What is kept of the evaluation at each level."""


def evaluate_robustness(
    controller: Controller,
    *,
    episodes: int = EPISODES,
    seed: int = SEED,
    perturbations: dict[str, Perturbation] = PERTURBATIONS,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Evaluate a controller in changed worlds; at every point the same seeds.

    Args:
        controller: the controller.
        episodes: at each point, all in parallel.
        seed: of the first episode; episode k starts from seed + k.
        perturbations: name -> what is changed.
        progress: called with the name of each perturbation before it is tried.

    Returns:
        JSON-compatible values: `control`, the world as it was, and per name of `perturbations` its
        `title`, `unit`, `nominal` and `levels`, each with `KEYS`; the nominal level is the control.
        `levels` is None where the environment cannot be changed so.

    Raises:
        ControllerError: it does not fit its task.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    check_count_and_seed(episodes, seed)
    control = _evaluated(controller, episodes, seed)
    curves: dict[str, Any] = {}
    for name, perturbation in perturbations.items():
        if progress:
            progress(name)
        levels: list[dict[str, Any]] | None = []
        for level in perturbation.levels:
            if level == perturbation.nominal:
                found: dict[str, Any] | None = control
            else:
                found = _evaluated(controller, episodes, seed, perturbation, level)
            if found is None or levels is None:
                levels = None
            else:
                levels.append({"level": level, **found})
        about = {key: getattr(perturbation, key) for key in ("title", "unit", "nominal")}
        curves[name] = {**about, "levels": levels}
    return {
        "task": controller.task["name"],
        "controller": controller.path,
        "episodes": episodes,
        "seed": seed,
        "control": control,
        "perturbations": curves,
    }


def _evaluated(
    controller: Controller,
    episodes: int,
    seed: int,
    perturbation: Perturbation | None = None,
    level: float = 0.0,
) -> dict[str, Any] | None:
    """One point of a curve, in an environment of its own; None where it is not possible."""
    task = controller.task
    env = make_vector_env(task["name"], episodes, **task["settings"])
    try:
        check_fit(controller, env)
        act: Act = controller.act
        if perturbation is not None:
            if perturbation.physical and not isinstance(env, RobotVectorEnv):
                return None
            act = perturbation.apply(env, act, level)
        run = run_episodes(env, act, seed, episodes)
    finally:
        env.close()
    summary = Evaluation(task["name"], controller.path, seed, run).summary()
    return {key: summary[key] for key in KEYS}


def robustness_lines(result: dict[str, Any]) -> list[str]:
    """The result in words: success, or return where that is not known, at each level."""
    lines = []
    for curve in result["perturbations"].values():
        points = [f"{_result(level)} at {level['level']:g}" for level in curve["levels"] or ()]
        if points:
            lines.append(f"{curve['title']} [{curve['unit']}]: {', '.join(points)}")
    return lines


def _result(level: dict[str, Any]) -> str:
    rate = level["success_rate"]
    return f"{level['return_mean']:.2f}" if rate is None else f"{100 * rate:.0f} %"


def plot_robustness(result: dict[str, Any], path: Path) -> None:
    """Draw the curves.

    Args:
        result: from `evaluate_robustness`.
        path: the PNG to write; whole or not at all.
    """
    from matplotlib.figure import Figure

    curves = [curve for curve in result["perturbations"].values() if curve["levels"]]
    rows = -(-len(curves) // 3)
    figure = Figure(figsize=(10.5, 3.1 * rows + 0.5), dpi=130, layout="constrained")
    figure.suptitle(
        f"Robustness of {result['task']}, {result['episodes']} episodes at each point",
        x=0.01,
        ha="left",
        fontweight="bold",
    )
    axes = figure.subplots(rows, 3, squeeze=False).ravel()
    rated = result["control"]["success_rate"] is not None
    keys = ("success_rate", "success_low", "success_high")
    keys = keys if rated else ("return_mean", "return_low", "return_high")
    scale = 100.0 if rated else 1.0
    for ax, curve in zip(axes, curves, strict=False):
        x = [level["level"] for level in curve["levels"]]
        y, low, high = ([scale * level[key] for level in curve["levels"]] for key in keys)
        ax.fill_between(x, low, high, color="#1b7f5c", alpha=0.16, linewidth=0)
        ax.plot(x, y, color="#1b7f5c", linewidth=2, marker="o", markersize=4)
        ax.axvline(curve["nominal"], color="#8a94a0", linewidth=1, linestyle=":")
        ax.set_title(curve["title"], loc="left", fontsize=10)
        ax.set_xlabel(curve["unit"])
        ax.set_ylabel("success [%]" if rated else "return")
        if rated:
            ax.set_ylim(-3, 103)
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
    for ax in axes[len(curves) :]:
        ax.set_visible(False)
    with replacing(path) as part:
        figure.savefig(part)
