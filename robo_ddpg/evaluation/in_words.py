"""An evaluation in words: one line, and the lines below it."""

from collections.abc import Iterator

from robo_ddpg.controller import Controller, versions
from robo_ddpg.envs.guarded import UNLIMITED_STEPS
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics, Spread

Line = tuple[str, str]
"""What is told of, and what."""


def sentence(statistics: EvaluationStatistics) -> str:
    """An evaluation in one line."""
    text = f"{statistics.task}: {statistics.episodes} episodes"
    if statistics.success is not None:
        success = statistics.success
        rate, low, high = 100 * success.mean, 100 * success.low, 100 * success.high
        text += f", success {rate:.1f} % (95 % interval {low:.1f} to {high:.1f})"
    text += f", return {statistics.returns.mean:.2f}"
    if statistics.safety_filter is not None:
        text += f", safety filter {statistics.safety_filter}"
    if statistics.cut:
        text += f", {statistics.cut} cut off at {UNLIMITED_STEPS} steps: it has no time limit"
    return text


def details(statistics: EvaluationStatistics) -> Iterator[Line]:
    """What is worth a line besides the sentence."""
    yield "length", f"{number(statistics.length_median)} steps"
    for name, spread in statistics.quantities.items():
        if spread.median is not None:
            measure = statistics.measure(name)
            yield measure.what, _spread(spread, measure.unit)
    for reason, share in (statistics.safety or {}).items():
        if share > 0:
            yield f"altered: {_words(reason)}", f"{number(100 * share)} % of steps"
    for limit, overshoot in (statistics.violations or {}).items():
        if overshoot > 0:
            measure = statistics.measure(limit)
            by = f"{number(overshoot)} {measure.unit}".rstrip()
            yield f"violated: {measure.what}", f"by up to {by}"


def number(value: float) -> str:
    """Three digits, without an exponent where a person can do without."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _spread(spread: Spread, unit: str) -> str:
    """The median, and where the rest lies if not there too."""
    median, p90, most = (
        number(value) for value in (spread.median, spread.p90, spread.max) if value is not None
    )
    text = f"{median} {unit}".strip()
    return text if median == p90 == most else f"{text}, 90 % below {p90}, at most {most}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def other_model(controller: Controller, model_hash: str | None) -> str:
    """That a controller was trained with another model; empty if it was not, or nobody knows.

    Args:
        controller: what was trained.
        model_hash: of the model that it is simulated with; None where there is none to know.
    """
    trained = controller.task.get("model_hash")
    if None in (trained, model_hash) or trained == model_hash:
        return ""
    recorded = controller.metadata.get("versions")
    then = recorded.get("mujoco") if isinstance(recorded, dict) else None
    now = versions()["mujoco"]
    older = f", or version of MuJoCo ({then!s:.20}, now {now})," if then not in (None, now) else ""
    return (
        f"{controller.path or controller.task['name']} was trained with another model{older} than "
        "the one that is simulated now: what it does here may be worse than what it learned"
    )
