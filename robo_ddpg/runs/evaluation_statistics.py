"""The statistics of an evaluation: what evaluation.json holds."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from robo_ddpg.runs.quantities import measure_of
from tasks.quantities import Measure

Json = dict[str, Any]

_SUCCESS = ("success_rate", "success_low", "success_high")


@dataclass(frozen=True)
class Estimate:
    """A mean over episodes with its 95 % confidence interval."""

    mean: float
    """The mean."""
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end."""


@dataclass(frozen=True)
class Spread:
    """How a quantity of an episode spreads over the episodes; None where none has a value."""

    median: float | None
    """Half of the episodes lie below."""
    p90: float | None
    """90 % of the episodes lie below."""
    max: float | None
    """The largest."""
    mean: float | None = None
    """The mean; only of the task's own quantities at the end of an episode."""

    def quantiles(self) -> dict[str, float | None]:
        """`median`, `p90` and `max` by name."""
        return {"median": self.median, "p90": self.p90, "max": self.max}


@dataclass(frozen=True)
class EvaluationStatistics:
    """What is reported of a controller; what was not measured is None."""

    task: str
    """Name of the task."""
    controller: str
    """Where the controller came from."""
    episodes: int
    """Number of episodes."""
    seed: int
    """Seed of the first."""
    safety_filter: str | None
    """`on` or `off`; None where the environment has no filter."""
    model_matches: bool | None
    """Whether the model was the one the controller was trained with."""
    success: Estimate | None
    """Share of the episodes solved at their end."""
    returns: Estimate
    """Return of an episode."""
    return_iqm: float
    """Interquartile mean of the return."""
    length_mean: float
    """Mean length [control steps]."""
    length_median: float
    """Median length [control steps]."""
    unstable: int | None
    """Episodes that ended because the physics became unstable."""
    terminated: int
    """Episodes that ended before their time: a failure, such as a fall."""
    cut: int | None
    """Episodes that were cut off, because nothing in the environment ended them; None where it has
    a time limit."""
    success_at_reset: float | None
    """Share of the episodes solved before the first action."""
    reward_terms: dict[str, float] | None
    """Reward term -> its mean."""
    quantities: dict[str, Spread]
    """Name of a quantity -> how it spreads over the episodes."""
    safety: dict[str, float] | None
    """Reason -> share of the steps whose action was altered."""
    violations: dict[str, float] | None
    """Limit -> worst overshoot of the simulated robot, in the limit's unit."""
    measured: dict[str, Measure] = field(default_factory=dict)
    """Name of a quantity or limit -> its words and its unit."""

    def measure(self, name: str) -> Measure:
        """Words and unit of a quantity or limit."""
        return self.measured.get(name) or measure_of(name)

    def to_json(self) -> Json:
        """The content of evaluation.json."""
        spreads = self.quantities.items()
        return {
            "task": self.task,
            "controller": self.controller,
            "episodes": self.episodes,
            "seed": self.seed,
            "safety_filter": self.safety_filter,
            "model_matches": self.model_matches,
            **success_to_json(self.success),
            "return_mean": self.returns.mean,
            "return_iqm": self.return_iqm,
            "return_low": self.returns.low,
            "return_high": self.returns.high,
            "length_mean": self.length_mean,
            "length_median": self.length_median,
            "unstable": self.unstable,
            "terminated": self.terminated,
            "cut": self.cut,
            "success_at_reset": self.success_at_reset,
            "reward_terms": self.reward_terms,
            **{f"{name}_mean": x.mean for name, x in spreads if x.mean is not None},
            **{f"{name}_{k}": value for name, x in spreads for k, value in x.quantiles().items()},
            "safety": self.safety,
            "violations": self.violations,
            "measured": {name: vars(measure) for name, measure in self.measured.items()},
        }

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read what `to_json` gave.

        Raises:
            KeyError: something is missing.
        """
        plain = {f.name for f in fields(cls)} - {"success", "returns", "quantities", "measured"}
        names = [key.removesuffix("_p90") for key in values if key.endswith("_p90")]
        return cls(
            success=success_from_json(values),
            returns=returns_from_json(values),
            quantities={name: _spread(values, name) for name in names},
            measured={k: Measure(**told) for k, told in values.get("measured", {}).items()},
            **{key: values[key] for key in plain},
        )


def success_to_json(success: Estimate | None) -> Json:
    """A success rate under its keys; None for each if it is not known."""
    if success is None:
        return dict.fromkeys(_SUCCESS)
    return dict(zip(_SUCCESS, (success.mean, success.low, success.high), strict=True))


def success_from_json(values: Json) -> Estimate | None:
    """What `success_to_json` wrote."""
    found = [values[key] for key in _SUCCESS]
    return None if None in found else Estimate(*found)


def returns_from_json(values: Json) -> Estimate:
    """The return from its keys."""
    return Estimate(values["return_mean"], values["return_low"], values["return_high"])


def _spread(values: Json, name: str) -> Spread:
    median, p90, most = (values[f"{name}_{label}"] for label in ("median", "p90", "max"))
    return Spread(median, p90, most, values.get(f"{name}_mean"))
