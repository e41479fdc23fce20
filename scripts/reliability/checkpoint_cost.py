"""What a checkpoint costs with a million transitions in the replay buffer: time, memory, disk.

The learner is that of Gymnasium's half-cheetah, with observations of 17 numbers and actions of 6.
Between two checkpoints lies a minute of training, at as many steps per second as --steps-per-s.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from gymnasium.spaces import Box

from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.training.checkpoints.store import Checkpoints
from robo_ddpg.training.trainer import CHECKPOINT_EVERY_S

SIMULATIONS, OBSERVATION, ACTION, CAPACITY = 64, 17, 6, 1_000_000


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps-per-s", type=int, default=4_000)
    parser.add_argument("--checkpoints", type=int, default=5)
    options = parser.parse_args()
    agent = _learner()
    _collect(agent, CAPACITY)
    with tempfile.TemporaryDirectory(dir=".") as place:
        checkpoints = Checkpoints(Path(place))
        print(f"{'checkpoint':>12}{'transitions':>13}{'s':>8}{'of training':>13}{'memory':>11}")
        for number in range(options.checkpoints + 1):
            before, start = _peak_mb(), time.perf_counter()
            checkpoints.save(agent, {"progress": {}, "simulations": {}})
            taken = time.perf_counter() - start
            share = f"{100 * taken / CHECKPOINT_EVERY_S:.2f} %" if number else "(at once)"
            more = f"+{_peak_mb() - before:.0f} MB"
            print(f"{number:12}{agent.transitions:13,}{taken:8.2f}{share:>13}{more:>11}")
            _collect(agent, round(options.steps_per_s * CHECKPOINT_EVERY_S))
        size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
        resumed, start = _learner(), time.perf_counter()
        checkpoints.load(resumed)
        print(f"on disk {size / 1e6:.0f} MB; read back in {time.perf_counter() - start:.2f} s")


def _learner() -> Learner:
    settings = AgentSettings(hidden_sizes=(256, 256), replay_capacity=CAPACITY)
    spaces = Box(-np.inf, np.inf, (OBSERVATION,)), Box(-1.0, 1.0, (ACTION,))
    return make_learner(*spaces, settings, SIMULATIONS, seed=0)


def _collect(agent: Learner, transitions: int) -> None:
    """Made-up ones, in episodes of 1,000 steps."""
    generator = np.random.default_rng(agent.transitions)
    everywhere = np.ones(SIMULATIONS, np.bool_)
    for _ in range(transitions // SIMULATIONS):
        first, following = generator.normal(size=(2, SIMULATIONS, OBSERVATION)).astype(np.float32)
        agent.store(
            Transitions(
                observation=first,
                action=first[:, :ACTION].clip(-1.0, 1.0),
                reward=first[:, 0],
                terminated=~everywhere,
                truncated=everywhere & (agent.transitions // SIMULATIONS % 1000 == 999),
                next_observation=following,
                reward_info=None,
                valid=everywhere,
            )
        )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
