"""How a controller bears changed worlds: what robustness.json holds."""

from dataclasses import dataclass
from typing import Self

from robo_ddpg.runs.evaluation_statistics import (
    Estimate,
    EvaluationStatistics,
    Json,
    returns_from_json,
    success_from_json,
    success_to_json,
)


@dataclass(frozen=True)
class RobustnessPoint:
    """A controller in one world."""

    success: Estimate | None
    """Share of the episodes solved; None where the environment does not say."""
    returns: Estimate
    """Return of an episode."""
    violations: dict[str, float] | None
    """Limit -> worst overshoot of the simulated robot, in the limit's unit."""
    unstable: int | None
    """Episodes that ended because the physics became unstable."""

    @classmethod
    def of(cls, found: EvaluationStatistics) -> Self:
        """What is kept of an evaluation."""
        return cls(found.success, found.returns, found.violations, found.unstable)

    def to_json(self) -> Json:
        """As in robustness.json."""
        return {
            **success_to_json(self.success),
            "return_mean": self.returns.mean,
            "return_low": self.returns.low,
            "return_high": self.returns.high,
            "violations": self.violations,
            "unstable": self.unstable,
        }

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read what `to_json` gave."""
        return cls(
            success_from_json(values),
            returns_from_json(values),
            values["violations"],
            values["unstable"],
        )


@dataclass(frozen=True)
class RobustnessCurve:
    """A controller over the size of one perturbation."""

    title: str
    """What is changed, in words."""
    unit: str
    """What the levels mean."""
    nominal: float
    """The level that changes nothing."""
    points: dict[float, RobustnessPoint] | None
    """Level -> what was found; None where the environment cannot be changed so."""

    def to_json(self) -> Json:
        """As in robustness.json."""
        about: Json = {"title": self.title, "unit": self.unit, "nominal": self.nominal}
        if self.points is None:
            return {**about, "levels": None}
        points = self.points.items()
        return {**about, "levels": [{"level": level, **x.to_json()} for level, x in points]}

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read what `to_json` gave."""
        points = None
        if values["levels"] is not None:
            points = {x["level"]: RobustnessPoint.from_json(x) for x in values["levels"]}
        return cls(values["title"], values["unit"], values["nominal"], points)


@dataclass(frozen=True)
class Robustness:
    """A controller over the sizes of all perturbations, on the same seeds."""

    task: str
    """Name of the task."""
    controller: str
    """Where the controller came from."""
    episodes: int
    """Episodes at each point."""
    seed: int
    """Seed of the first."""
    control: RobustnessPoint
    """In the world as it was."""
    perturbations: dict[str, RobustnessCurve]
    """Name of the perturbation -> its curve."""

    def to_json(self) -> Json:
        """The content of robustness.json."""
        return {
            "task": self.task,
            "controller": self.controller,
            "episodes": self.episodes,
            "seed": self.seed,
            "control": self.control.to_json(),
            "perturbations": {k: curve.to_json() for k, curve in self.perturbations.items()},
        }

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read what `to_json` gave.

        Raises:
            KeyError: something is missing.
        """
        curves = values["perturbations"].items()
        return cls(
            **{key: values[key] for key in ("task", "controller", "episodes", "seed")},
            control=RobustnessPoint.from_json(values["control"]),
            perturbations={name: RobustnessCurve.from_json(curve) for name, curve in curves},
        )
