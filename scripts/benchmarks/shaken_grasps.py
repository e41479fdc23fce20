"""How far arms of others overstep their limits in `grasp`: scripted, and under random bang-bang.

    python scripts/benchmarks/shaken_grasps.py my_arm.toml

Random actions drive fingers into cubes and the table. What is commanded keeps the limits; what the
simulated arm makes of it depends on its servos and torques, and on what is in the way.
"""

import argparse
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.entry_points import load
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import make_environment

EPISODES = 100
"""Of each kind and seed."""
HELD_STEPS = 5
"""Control steps that a corner of the action space is held for."""
Act = Callable[[int, NDArray[np.float32]], NDArray[np.floating]]


def scripted(env: GuardedEnvironment, seed: int) -> Act:
    """The scripted solution."""
    assert env.simulation is not None
    task = env.simulation.task
    script = load(str(task.demonstrator))(task)
    return lambda step, observation: script.act(observation)


def shaken(env: GuardedEnvironment, seed: int) -> Act:
    """Corners of the action space, drawn at random."""
    assert env.simulation is not None
    count = -(-env.simulation.task.episode_steps // HELD_STEPS)
    shape = (count, env.num_envs, *env.single_action_space.shape)
    corners = np.sign(np.random.default_rng(seed).uniform(-1.0, 1.0, shape))
    return lambda step, observation: corners[step // HELD_STEPS]


def overshoots(robot: str, kind: Callable[[GuardedEnvironment, int], Act], seed: int) -> str:
    """Play episodes; how many are solved and overstep limits, and by how much, as a sentence."""
    env = make_environment("grasp", EPISODES, threads=1, robot=robot)
    assert env.simulation is not None
    act = kind(env, seed)
    observation, _ = env.reset(seed=seed)
    worst: dict[str, NDArray[np.float64]] = {}
    for step in range(env.simulation.task.episode_steps):
        observation, *_, info = env.step(act(step, observation).astype(np.float32))
        for limit, values in info["violations"].items():
            worst[limit] = np.maximum(worst.get(limit, 0.0), values)
    env.close()
    over = {name: (values > 0).sum() for name, values in worst.items()}
    said = [f"{name} in {over[name]} by up to {worst[name].max():.3g}" for name in over]
    return f"{info['is_success'].mean():.0%} solved; {', '.join(said)}"


def main() -> None:
    """Print a line for each robot, seed and kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("robots", nargs="+", metavar="ROBOT.toml")
    parser.add_argument("--seeds", nargs="+", type=int, default=[40_000, 50_000, 60_000])
    options = parser.parse_args()
    for robot in options.robots:
        for seed in options.seeds:
            for kind in (scripted, shaken):
                found = overshoots(robot, kind, seed)
                sys.stdout.write(f"{robot} seed {seed}, {kind.__name__}: {found}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
