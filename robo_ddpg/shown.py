"""What objects say of themselves: one line at a prompt, a table in a notebook."""

import html
import math
from typing import Any

Facts = dict[str, str]
"""Name -> what is known."""


class Shown:
    """Shows itself by its `facts`."""

    def facts(self) -> Facts:
        """What matters most, in that order."""
        raise NotImplementedError

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.facts().items())
        return f"<{type(self).__name__}: {said}>"

    def _repr_html_(self) -> str:
        rows = (
            f'<tr><th style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(value)}</td></tr>'
            for name, value in self.facts().items()
        )
        return f"<table>{''.join(rows)}</table>"


def measured(summary: Any) -> Facts:
    """The main figures of an evaluation.

    Args:
        summary: what evaluation.json holds; a stranger's may be anything.
    """
    known = summary if isinstance(summary, dict) else {}
    facts = {
        "success": _interval(known, "success_rate", "success_low", "success_high", percent=True),
        "return": _interval(known, "return_mean", "return_low", "return_high"),
    }
    soon, late = (known.get(f"time_to_success_s_{what}") for what in ("median", "p90"))
    if _is_number(soon) and _is_number(late):
        facts["time to success"] = f"{soon:.2f} s (90 % within {late:.2f} s)"
    return {name: fact for name, fact in facts.items() if fact}


def _interval(known: dict[str, Any], *names: str, percent: bool = False) -> str:
    """A mean with its 95 % interval; empty if it is not known."""
    found: list[Any] = [known.get(name) for name in names]
    if not all(map(_is_number, found)):
        return ""
    mean, low, high = (f"{100 * x:.1f}" if percent else f"{x:.2f}" for x in found)
    unit = " %" if percent else ""
    return f"{mean}{unit} ({low} to {high}{unit})"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
