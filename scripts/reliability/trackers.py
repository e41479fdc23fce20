"""Train with each experiment tracker that is installed, go on, and read back what it keeps.

    python scripts/reliability/trackers.py

Nothing leaves the machine: W&B is offline, trackio and MLflow keep files. The exit code is 1 if a
tracker does not say what metrics.csv says, or none is installed.
"""

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import robo_ddpg
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.trackers.trackers import OPENERS
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.start import resume

TINY: dict[str, Any] = {"simulations": 8, "evaluate_every": 64, "environment": {"episode_s": 0.2}}
COLUMN = "evaluation_return"


def main() -> int:
    """Try them; returns the exit code."""
    names = [name for name in OPENERS if importlib.util.find_spec(name) is not None]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WANDB_MODE"] = "offline"
        os.environ["TRACKIO_DIR"] = f"{folder}/trackio"
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        good = [check(name, Path(folder, "runs", name)) for name in names]
    return 0 if good and all(good) else 1


def check(name: str, path: Path) -> bool:
    """Train in two parts, and compare; returns whether they agree."""
    robo_ddpg.train("reach", out=path, steps=192, track=[name], quiet=True, **TINY)
    resume(RunDirectory(path), SilentProgress(), steps=384)
    rows = robo_ddpg.api.Run(path, None).metrics
    wanted = {int(row["transitions"] or 0): row[COLUMN] for row in rows}
    identity = json.loads((path / "trackers.json").read_text())[name]
    kept = KEPT[name](identity, path)
    same = {*kept} == {*wanted} and all(
        abs(kept[step] - value) <= 1e-5 * abs(value)
        for step, value in wanted.items()
        if value is not None
    )
    print(
        f"{name}: {len(kept)} of {len(wanted)} evaluations of one run, in two parts; same: {same}"
    )
    return same


def in_wandb(_: str, path: Path) -> dict[int, float]:
    """Evaluations in the files that W&B would send."""
    from wandb.proto import wandb_internal_pb2

    found: dict[int, float] = {}
    for file in sorted((path / "wandb").glob("offline-run-*/*.wandb")):
        for data in logged(file.read_bytes()):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(data)
            values = {
                item.key or item.nested_key[0]: item.value_json for item in record.history.item
            }
            if COLUMN in values:
                found[record.history.step.num] = float(values[COLUMN])
    return found


def logged(data: bytes) -> Iterator[bytes]:
    """The records of a file of W&B's, in LevelDB's log format.

    https://github.com/google/leveldb/blob/main/doc/log_format.md; a header of 7 bytes comes before.
    """
    block, head = 32_768, 7
    at, record = head, b""
    while at + head <= len(data):
        if block - at % block < head:
            at += block - at % block
            continue
        length, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        record += data[at + head : at + head + length]
        at += head + length
        if kind in (1, 4):  # whole, or the last part
            yield record
            record = b""


def in_trackio(identity: str, _: Path) -> dict[int, float]:
    """Evaluations in trackio's database."""
    from trackio.sqlite_storage import SQLiteStorage

    logs: list[dict[str, Any]] = SQLiteStorage.get_logs("robo-ddpg", identity)
    return {int(log["step"]): log[COLUMN] for log in logs if COLUMN in log}


def in_mlflow(identity: str, _: Path) -> dict[int, float]:
    """Evaluations in MLflow's database."""
    from mlflow import MlflowClient

    history = MlflowClient().get_metric_history(identity, COLUMN)
    return {metric.step: metric.value for metric in history}


KEPT = {"wandb": in_wandb, "trackio": in_trackio, "mlflow": in_mlflow}


if __name__ == "__main__":
    sys.exit(main())
