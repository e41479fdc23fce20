"""The page beside the scene: what can be commanded, and what is told."""

from collections.abc import Sequence

import jinja2
import mujoco

from robo_ddpg.viewer.live import LiveController
from robo_ddpg.viewer.pictures.player import SPEEDS

SIGNS = {
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "PageUp": "Page ↑",
    "PageDown": "Page ↓",
}
"""Keys as they are written on keyboards, where that differs from their name."""
PUSHES = ("↑", "←", "↓", "→")
"""Signs of the directions of pushes."""


def live_page(live: LiveController, names: Sequence[str] = ()) -> str:
    """HTML for a live controller.

    Args:
        live: the controllers at work.
        names: what they are called; there is no choice with fewer than two.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("robo_ddpg.viewer"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("live.html").render(
        task=live.status.task,
        axes=live.axes,
        signs=[[SIGNS.get(key, key.upper()) for key in axis.keys] for axis in live.axes],
        keys={key: [i, way] for i, axis in enumerate(live.axes) for key, way in _ways(axis.keys)},
        rests=any(axis.rest is not None for axis in live.axes),
        goal=_goal(live.model),
        pushes=PUSHES,
        names=names,
        speeds=SPEEDS,
    )


def _ways(keys: tuple[str, str]) -> list[tuple[str, int]]:
    return list(zip(keys, (-1, 1), strict=True))


def _goal(model: mujoco.MjModel) -> str | None:
    """Name of the body that a mouse may move; None: there is none."""
    return next(
        (model.body(i).name for i in range(model.nbody) if model.body_mocapid[i] >= 0), None
    )
