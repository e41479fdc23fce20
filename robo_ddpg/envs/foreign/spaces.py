"""Which spaces can be learned on, and the way out where one cannot."""

import re
from typing import Any

import gymnasium
import numpy as np

from robo_ddpg.errors import UnknownEnvironmentError
from robo_ddpg.flattening import OBSERVABLE


def check_spaces(description: dict[str, Any], name: str) -> None:
    """Refuse what cannot be learned on.

    Args:
        description: what a worker says of an environment.
        name: its name.

    Raises:
        UnknownEnvironmentError: an observation or the action is of another kind, or unbounded.
    """
    for part in description["observation"]:
        if part["kind"] not in OBSERVABLE:
            where = "/".join(map(str, part["path"])) or "the observation"
            raise UnknownEnvironmentError(
                f"{name} cannot be trained: {where} is a space of kind {part['kind']}; supported "
                f"are {', '.join(OBSERVABLE)}, and Dict and Tuple of them: change it with "
                "gymnasium.wrappers.TransformObservation or FilterObservation"
            )
    action = description["action"]
    if action["kind"] != "Box":
        raise UnknownEnvironmentError(
            f"{name} cannot be trained: its actions are of kind {action['kind']}, and DDPG needs a "
            f"bounded Box{_continuous(name)}"
        )
    with np.errstate(over="ignore"):
        spread = np.subtract(action["high"], action["low"], dtype=np.float32)
    if not np.isfinite(spread).all():
        raise UnknownEnvironmentError(
            f"{name} cannot be trained: its actions range from {_short(action['low'])} to "
            f"{_short(action['high'])}, and DDPG needs finite bounds: set them with "
            "gymnasium.wrappers.RescaleAction or ClipAction"
        )


def _continuous(name: str) -> str:
    """Where the same environment has continuous actions."""
    spec = gymnasium.registry.get(name)
    match = re.fullmatch(r"(.+?)(-v\d+)?", name)
    near = [
        known
        for known in gymnasium.registry
        if match and known.startswith(f"{match[1].split('-')[0]}Continuous")
    ]
    if near:
        return f": {near[-1]} has them"
    if spec is not None and "Lander" in name:
        return "; try --environment.continuous true"
    return ""


def _short(values: Any) -> str:
    flat = np.ravel(values)
    return f"{flat.min():g}" if len(flat) else "nothing"
