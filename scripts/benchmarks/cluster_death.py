"""A sweep of 8 trials on two nodes of Ray, one of them killed in the middle, and one undisturbed.

    python scripts/benchmarks/cluster_death.py [--storage]

Both nodes are on this machine. With --storage runs are kept in an object store (files, here) rather
than in a directory that both share. Says whether all trials finished, and whether their values and
the controllers of all runs are the same to the bit.
"""

import hashlib
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from robo_ddpg.many.cluster.engine import RayEngine
from robo_ddpg.many.cluster.joining import NICENESS, connected
from robo_ddpg.many.cluster.storage import Storage
from robo_ddpg.many.sweep.plan import SweepPlan
from robo_ddpg.many.sweep.run import SweepResult, run_sweep
from robo_ddpg.many.sweep.space import Parameter
from robo_ddpg.training.task_defaults import train_settings

TRIALS = 8
DIES_AFTER_RUNS = 3
"""The node is killed when so many runs have begun."""


def plan() -> SweepPlan:
    """Short runs of reach."""
    settings = train_settings(
        "reach",
        steps=2_000,
        simulations=16,
        evaluate_every=500,
        agent={"warmup_transitions": 200, "batch_size": 32},
        environment={"episode_s": 0.5},
    )
    varied = (Parameter("agent.discount", 0.8, 0.99), Parameter("agent.n_step", choices=(1, 3)))
    return SweepPlan(settings, varied, trials=TRIALS, seeds=1, confirm=0, sampler="tpe")


def main() -> int:
    """Run both; the exit code is 0 if they are the same."""
    os.environ[NICENESS] = "0"
    from ray.cluster_utils import Cluster

    with tempfile.TemporaryDirectory() as folder:
        cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
        place = Path(folder)
        killer = threading.Thread(target=kill, args=(nodes[1], place / "killed"), daemon=True)
        killer.start()
        started = time.monotonic()
        storage = Storage(f"file://{place}/store") if "--storage" in sys.argv else None
        with connected(cluster.address) as ray:
            engine = RayEngine(ray, storage)
            killed = run_sweep(plan(), place / "killed", engine=engine, quiet=True)
        killed_s = time.monotonic() - started
        cluster.shutdown()
        started = time.monotonic()
        whole = run_sweep(plan(), place / "whole", quiet=True)
        whole_s = time.monotonic() - started
        return report(killed, whole, killed_s, whole_s)


def kill(node: Any, directory: Path) -> None:
    """Kill a node's raylet, with which its workers die."""
    while len(list(directory.glob("trial-*/seed-*/metrics.csv"))) < DIES_AFTER_RUNS:
        time.sleep(0.05)
    os.kill(node.all_processes["raylet"][0].process.pid, signal.SIGKILL)
    print("one of two nodes was killed")


def report(killed: SweepResult, whole: SweepResult, killed_s: float, whole_s: float) -> int:
    """Print what there is; returns the exit code."""
    same = (killed.completed, killed.values, killed.best) == (
        *(whole.completed, whole.values, whole.best),
    )
    first, second = digests(killed.path), digests(whole.path)
    print(f"killed: {len(killed.completed)} trials with a value, {killed_s:.0f} s")
    print(f"undisturbed, without Ray: {len(whole.completed)} trials with a value, {whole_s:.0f} s")
    equal = sum(first[key] == second.get(key) for key in first)
    print(f"the same values: {same}; {equal} of {len(second)} controllers the same to the bit")
    return 0 if same and first == second else 1


def digests(path: Path) -> dict[str, str]:
    """Run -> hash of the tensors of its controller."""
    from robo_ddpg.controller import Controller

    found = {}
    for file in sorted(path.glob("trial-*/seed-*/controller.safetensors")):
        tensors = Controller.load(file).tensors
        data = b"".join(tensors[name].tobytes() for name in sorted(tensors))
        found[str(file.parent.relative_to(path))] = hashlib.sha256(data).hexdigest()
    return found


if __name__ == "__main__":
    sys.exit(main())
