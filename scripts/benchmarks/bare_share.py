"""How much of an environment's processor time is physics, with one thread.

    python scripts/benchmarks/bare_share.py fly drive --simulations 64 1024

Random actions, new episodes included, against a bare batch that gets the same commands from the
same states. With --shipped the controllers that ship act in their place: episodes last longer.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mujoco.batch import Batch

from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from tasks.scene import asset_path

SECONDS = 3.0
"""Processor time of each environment, about."""
STATE = ("qpos", "qvel", "act", "mocap_pos", "mocap_quat", "qacc_warmstart")
"""What a motion goes on from."""


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of a call [s], and what it returns."""
    start = time.process_time()
    returned = call()
    return time.process_time() - start, returned


def actor(env: RobotVectorEnv, controller: str) -> Callable[[Any], Any]:
    """Actions for observations: those of a controller that ships, or random ones."""
    if controller:
        return Controller.load(asset_path(f"controllers/{controller}.safetensors")).act
    env.action_space.seed(0)
    return lambda _: env.action_space.sample()


def rounds(task: str, simulations: int, controller: str) -> Iterator[tuple[float, float]]:
    """Processor time of a step of an environment, and of its bare physics [s]."""
    env = RobotVectorEnv(simulations, task, threads=1)
    act = actor(env, controller)
    observation, _ = env.reset(seed=0)
    for _ in range(env.task.episode_steps):
        observation, *_ = env.step(act(observation))
    bare = Batch(env.task.model, simulations, 1)
    ours, theirs = ([b.bind(name) for name in STATE] for b in (env.simulation.batch, bare))
    while True:
        for own, its in zip(ours, theirs, strict=True):
            its[:] = own
        action = act(observation)
        seconds, (observation, *_) = spent(partial(env.step, action))
        commands = env.simulation.controls
        yield seconds, spent(partial(bare.rollout, env.task.substeps, commands, record=()))[0]


def main() -> None:
    """Print a line for each task and number of simulations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+")
    parser.add_argument("--simulations", nargs="+", type=int, default=[64])
    parser.add_argument("--shipped", action="store_true", help="act as the controllers that ship")
    options = parser.parse_args()
    for task in options.tasks:
        for count in options.simulations:
            ours = theirs = steps = 0.0
            for own, bare in rounds(task, count, task if options.shipped else ""):
                ours, theirs, steps = ours + own, theirs + bare, steps + count
                if ours > SECONDS:
                    break
            speeds = f"{steps / ours:,.0f} of {steps / theirs:,.0f} steps/s"
            print(f"{task}, {count} simulations: {theirs / ours:.2f} of the bare batch, {speeds}")


if __name__ == "__main__":
    main()
