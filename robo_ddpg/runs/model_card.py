"""The card of a controller: what it does, how well, and how it was made."""

import json
from collections.abc import Iterator
from typing import Any

from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics


def model_card(
    place: str,
    settings: dict[str, Any],
    versions: dict[str, str],
    evaluation: EvaluationStatistics | None,
    film: str | None,
) -> str:
    """The text of README.md in a repository of the Hub, with its header.

    Args:
        place: `owner/name`.
        settings: of the run.
        versions: that it was made with.
        evaluation: None if there is none.
        film: name of a video beside the card; None if there is none.
    """
    task = str(settings["task"])
    return "\n".join(
        (
            *_header(task, evaluation),
            f"# {place.partition('/')[2]}",
            "",
            f"A controller for the task `{task}`, trained by robo_ddpg, seed {settings['seed']}.",
            "It is one file without pickle: loading it runs no code.",
            "",
            *_film(film),
            "```python",
            "import robo_ddpg",
            "",
            f'controller = robo_ddpg.Controller.find("hf:{place}")',
            "print(robo_ddpg.evaluate(controller).summary())",
            "```",
            "",
            *_measured(evaluation),
            "## Versions",
            "",
            *(f"- {name} {version}" for name, version in versions.items()),
            "",
            "All settings are in `config.json`.",
            "",
        )
    )


def _header(task: str, evaluation: EvaluationStatistics | None) -> Iterator[str]:
    """YAML, of which JSON is a part: what is quoted cannot become something else."""
    tags = ["robotics", "reinforcement-learning", "mujoco", "ddpg"]
    yield from ("---", "library_name: robo-ddpg", f"tags: {json.dumps(tags)}")
    if evaluation is not None:
        yield f"model-index: {json.dumps([{'name': task, 'results': [_result(task, evaluation)]}])}"
    yield from ("---", "")


def _result(task: str, evaluation: EvaluationStatistics) -> dict[str, Any]:
    metrics = [{"type": "mean_reward", "value": round(evaluation.returns.mean, 3)}]
    if evaluation.success is not None:
        metrics.append({"type": "success_rate", "value": round(evaluation.success.mean, 4)})
    return {
        "task": {"type": "reinforcement-learning", "name": task},
        "dataset": {"type": task, "name": task},
        "metrics": metrics,
    }


def _film(name: str | None) -> Iterator[str]:
    if name is not None:
        yield from (f'<video controls loop muted src="{name}"></video>', "")


def _measured(found: EvaluationStatistics | None) -> Iterator[str]:
    if found is None:
        return
    yield from (f"## {found.episodes} episodes from seed {found.seed}", "", "| | |", "|---|---|")
    if found.success is not None:
        rate, low, high = (100 * x for x in vars(found.success).values())
        yield f"| success | {rate:.1f} % (95 % interval {low:.1f} to {high:.1f}) |"
    returns = found.returns
    yield f"| return | {returns.mean:.2f} (95 % interval {returns.low:.2f} to {returns.high:.2f}) |"
    for name, spread in found.quantities.items():
        if spread.median is not None and spread.p90 is not None:
            label = found.measure(name).label
            yield f"| {label}, median | {spread.median:.3g} (90 % below {spread.p90:.3g}) |"
    yield ""
