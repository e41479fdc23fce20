"""MLflow."""

import os
import time
from collections.abc import Mapping
from typing import Any

from robo_ddpg.runs.trackers.projects import PROJECT
from robo_ddpg.runs.trackers.tracker import About

LONGEST_VALUE = 500
"""Characters of a setting: what every version of MLflow takes."""


class MlflowTracker:
    """A run of MLflow, beside whatever run of it the process has open."""

    def __init__(self, client: Any, identity: str) -> None:
        self._client, self.id = client, identity

    def log(self, values: Mapping[str, float], transitions: int) -> None:
        """Keep what was measured after so many transitions."""
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [Metric(name, value, now, transitions) for name, value in values.items()]
        self._client.log_batch(self.id, metrics=metrics)

    def close(self) -> None:
        """Everything is said."""
        self._client.set_terminated(self.id)


def open_mlflow(about: About, identity: str | None) -> MlflowTracker:
    """A run of MLflow, wherever MLFLOW_TRACKING_URI says, in MLFLOW_EXPERIMENT_NAME."""
    from mlflow import MlflowClient

    client = MlflowClient()
    if identity is not None:
        client.update_run(identity, status="RUNNING")
        return MlflowTracker(client, identity)
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", PROJECT)
    experiment = client.get_experiment_by_name(name)
    where = client.create_experiment(name) if experiment is None else experiment.experiment_id
    run = client.create_run(where, run_name=about.name, tags={"group": about.group})
    for setting, value in about.settings.items():
        client.log_param(run.info.run_id, setting, str(value)[:LONGEST_VALUE])
    return MlflowTracker(client, run.info.run_id)
