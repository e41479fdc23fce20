"""What the arithmetic of a run depends on besides its settings; it does not on the cores."""

from collections.abc import Iterator
from typing import Any

import torch

from robo_ddpg.controller import versions


def machine() -> dict[str, Any]:
    """Versions, and what the processor can do; JSON-compatible."""
    capability = torch.backends.cpu.get_cpu_capability()
    return {"versions": versions(), "instructions": str(capability)}


def differences(before: dict[str, Any]) -> Iterator[str]:
    """What is different here from where a run was saved, and what that may change.

    Args:
        before: what `machine` returned there.
    """
    here = machine()
    for name, version in here["versions"].items():
        old = before["versions"].get(name)
        if old != version:
            yield f"{name} is {version}, was {old}: from here on the run may differ in every number"
    if before["instructions"] != here["instructions"]:
        yield (
            f"the processor computes with {here['instructions']}, was {before['instructions']}: "
            "sums may differ in their last bits, and the run with them"
        )
