"""Remembers what was found wrong with a training: what is new, since when, and what is over."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from robo_ddpg.runs.diagnosis.finding import Diagnosis, Finding
from robo_ddpg.training.diagnosis import policy_symptoms as policy
from robo_ddpg.training.diagnosis import value_symptoms as values
from robo_ddpg.training.diagnosis.symptom import WHOLE, Measured, Symptom

CHECKS: tuple[Callable[[Measured], Iterator[Symptom]], ...] = (
    values.reward_scale,
    policy.constant_observations,
    values.critic_diverges,
    policy.dead_units,
    policy.saturated_actions,
    policy.exploration,
    values.slow_targets,
    values.wrong_values,
)
AT_ONCE = (values.SCALE, policy.CONSTANT, values.DIVERGES)
"""Kinds that are facts or soon the end; others have to show in two evaluations in a row."""
_VALUES = (values.OVER, values.UNDER)
EXPLAINS: dict[str, tuple[str, ...]] = {
    values.SCALE: (values.DIVERGES, policy.DEAD, policy.SATURATED, values.SLOW, *_VALUES),
    values.DIVERGES: (policy.DEAD, policy.SATURATED, values.SLOW, *_VALUES),
    policy.DEAD: (policy.SATURATED, *_VALUES),
    values.SLOW: _VALUES,
}
"""Kind -> what follows from it, and is not said beside it."""

Key = tuple[str, str]
"""Kind and component."""


@dataclass
class Seen:
    """How long something has been there."""

    first: int
    """Transitions at the evaluation that showed it first."""
    missing: int | None = None
    """Transitions at the first evaluation since that did not; None if the last one did."""
    said: bool = False


@dataclass
class Doctor:
    """Examines a training at every evaluation.

    What is over has to be missing twice in a row before that counts.
    """

    findings: list[Finding] = field(default_factory=list)
    """What was said, the oldest first."""
    seen: dict[Key, Seen] = field(default_factory=dict)

    def examine(self, measured: Measured) -> list[Finding]:
        """What is new, to be said now."""
        symptoms = [symptom for check in CHECKS for symptom in check(measured)]
        now = {(s.kind, component): s for s in symptoms for component in s.components}
        effects = {effect for s in symptoms for effect in EXPLAINS.get(s.kind, ())}
        self._notice([key for key in now if key[0] not in effects], measured.transitions)
        self._forget(now, measured.transitions)
        new = list(self._new(now, effects, measured.transitions))
        self.findings += new
        return new

    @property
    def present(self) -> int:
        """How many findings hold."""
        return sum(finding.cleared is None for finding in self.findings)

    @property
    def diagnosis(self) -> Diagnosis:
        """What was found, for a file."""
        return Diagnosis(self.findings)

    def state(self) -> dict[str, Any]:
        """All of it, JSON-compatible."""
        seen = [[*key, *dataclasses.astuple(what)] for key, what in self.seen.items()]
        return {"seen": seen, **self.diagnosis.to_json()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.seen = {(kind, name): Seen(*what) for kind, name, *what in state["seen"]}
        self.findings = Diagnosis.from_json(state).findings

    def _notice(self, causes: list[Key], at: int) -> None:
        """Begin with what is there for the first time and is no effect of something else."""
        for key in causes:
            self.seen.setdefault(key, Seen(at))

    def _forget(self, now: dict[Key, Symptom], at: int) -> None:
        """End what is over, and findings of which nothing is left."""
        for key in self.seen.keys() & now.keys():
            self.seen[key].missing = None
        for key in [*self.seen.keys() - now.keys()]:
            seen = self.seen[key]
            if seen.said and seen.missing is None:
                seen.missing = at
            else:
                del self.seen[key]
                self._clear(key, seen.missing or at)

    def _clear(self, over: Key, at: int) -> None:
        for i, finding in enumerate(self.findings):
            names = finding.components or [WHOLE]
            left = any((finding.kind, name) in self.seen for name in names)
            if finding.cleared is None and finding.kind == over[0] and not left:
                self.findings[i] = dataclasses.replace(finding, cleared=at)

    def _new(self, now: dict[Key, Symptom], effects: set[str], at: int) -> Iterator[Finding]:
        """What has been there for long enough, and was not said yet, by what is said of it."""
        due = [
            key
            for key in now
            if key in self.seen
            and not self.seen[key].said
            and key[0] not in effects
            and (key[0] in AT_ONCE or self.seen[key].first < at)
        ]
        for said, keys in groupby(due, key=lambda key: (key[0], now[key].said)):
            names = [name for _, name in keys]
            since = min(self.seen[said[0], name].first for name in names)
            for name in names:
                self.seen[said[0], name].said = True
            text = now[said[0], names[0]].text(names)
            yield Finding(said[0], [name for name in names if name != WHOLE], text, since)
