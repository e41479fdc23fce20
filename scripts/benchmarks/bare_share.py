"""How much of an environment's processor time is physics, with one thread.

    python scripts/benchmarks/bare_share.py fly drive --simulations 64 1024

Random actions, new episodes included, against a bare batch that gets the same commands from the
same states.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmark import random_steps
from mujoco.batch import Batch

from robo_ddpg.envs.robot_env import RobotVectorEnv

SECONDS = 3.0
"""Processor time of each environment, about."""
STATE = ("qpos", "qvel", "act", "mocap_pos", "mocap_quat", "qacc_warmstart")
"""What a motion goes on from."""


def spent(loop: Callable[[], Any]) -> float:
    """Processor time of one step [s]."""
    start = time.process_time()
    loop()
    return time.process_time() - start


def rounds(task: str, simulations: int) -> Iterator[tuple[float, float]]:
    """Processor time of a step of an environment, and of its bare physics [s]."""
    env = RobotVectorEnv(simulations, task, threads=1)
    step, _ = random_steps(env)
    bare = Batch(env.task.model, simulations, 1)
    ours, theirs = ([b.bind(name) for name in STATE] for b in (env.simulation.batch, bare))
    while True:
        for own, its in zip(ours, theirs, strict=True):
            its[:] = own
        seconds = spent(step)
        commands = env.simulation.controls
        yield seconds, spent(partial(bare.rollout, env.task.substeps, commands, record=()))


def main() -> None:
    """Print a line for each task and number of simulations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+")
    parser.add_argument("--simulations", nargs="+", type=int, default=[64])
    options = parser.parse_args()
    for task in options.tasks:
        for count in options.simulations:
            ours = theirs = steps = 0.0
            for own, bare in rounds(task, count):
                ours, theirs, steps = ours + own, theirs + bare, steps + count
                if ours > SECONDS:
                    break
            speeds = f"{steps / ours:,.0f} of {steps / theirs:,.0f} steps/s"
            print(f"{task}, {count} simulations: {theirs / ours:.2f} of the bare batch, {speeds}")


if __name__ == "__main__":
    main()
