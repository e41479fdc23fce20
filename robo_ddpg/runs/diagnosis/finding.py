"""What was found wrong while a run was trained: what diagnosis.json holds."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from robo_ddpg.runs.checked_types import check_types


@dataclass(frozen=True)
class Finding:
    """Something that a training suffers from, or suffered from."""

    kind: str
    """What it is, in a word or two, for programs."""
    components: list[str]
    """Observed values, actions or layers that it concerns; empty where it is not about some."""
    text: str
    """The same in words: what was found, and what to change."""
    since: int
    """Transitions at the evaluation that showed it first."""
    cleared: int | None = None
    """Transitions at the first evaluation that no longer did; None while it holds."""

    @property
    def sentence(self) -> str:
        """The text with its beginning."""
        return f"since {self.since:,} transitions: {self.text}"

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """From JSON.

        Raises:
            TypeError: it is something else.
        """
        finding = cls(**values)
        check_types(finding)
        return finding


@dataclass(frozen=True)
class Diagnosis:
    """All that was found."""

    findings: list[Finding]

    def to_json(self) -> dict[str, Any]:
        """The content of diagnosis.json."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises:
            KeyError: something is missing.
            TypeError: something else is there.
        """
        return cls([Finding.of(each) for each in values["findings"]])


def rows(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """For a table: what was found, since when, and until when [transitions]."""
    return [
        (f.text, f"{f.since:,}", "the end" if f.cleared is None else f"cleared up at {f.cleared:,}")
        for f in findings
    ]
