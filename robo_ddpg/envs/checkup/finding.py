"""What a check finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Weight = Literal["will hurt learning", "worth knowing", "not checked"]
HURTS: Weight = "will hurt learning"
NOTE: Weight = "worth knowing"
NOT_CHECKED: Weight = "not checked"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an environment, worth knowing of it, or could not be seen."""

    name: str
    """What it is, in a word or two, for programs."""
    weight: Weight
    text: str
    """The same in a sentence: what was found, and the way out."""


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in a row, the first few of many."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
