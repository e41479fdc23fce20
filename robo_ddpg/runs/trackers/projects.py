"""Weights & Biases, and trackio, which took over its interface."""

import os
import secrets
from collections.abc import Mapping
from typing import Any

from robo_ddpg.runs.trackers.tracker import About

PROJECT = "robo-ddpg"
"""Where runs go if the environment variable of the tracker does not say otherwise."""


class ProjectTracker:
    """A run in a project of either."""

    def __init__(self, run: Any, identity: str) -> None:
        self._run, self.id = run, identity

    def log(self, values: Mapping[str, float], transitions: int) -> None:
        """Keep what was measured after so many transitions."""
        self._run.log(dict(values), step=transitions)

    def close(self) -> None:
        """Everything is said."""
        self._run.finish()


def open_wandb(about: About, identity: str | None) -> ProjectTracker:
    """A run of Weights & Biases; WANDB_MODE=offline keeps it in the run directory."""
    import wandb

    identity = identity or secrets.token_hex(8)
    run = wandb.init(
        project=os.environ.get("WANDB_PROJECT", PROJECT),
        name=about.name,
        group=about.group,
        id=identity,
        resume="allow",
        reinit="create_new",
        config=dict(about.settings),
        dir=os.environ.get("WANDB_DIR", about.path),
        settings=wandb.Settings(silent=True),
    )
    return ProjectTracker(run, identity)


def open_trackio(about: About, identity: str | None) -> ProjectTracker:
    """A run of trackio, which keeps runs under their names."""
    import trackio

    name = identity or f"{about.name}-{secrets.token_hex(2)}"
    run = trackio.init(
        project=os.environ.get("TRACKIO_PROJECT", PROJECT),
        name=name,
        group=about.group,
        resume="allow",
        config=dict(about.settings),
        embed=False,
    )
    return ProjectTracker(run, name)
