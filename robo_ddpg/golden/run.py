"""A short run of a task whose every bit is known: what the physics does, and what is learned."""

import functools
import hashlib
import os
import platform
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from robo_ddpg.agent.learner import make_learner, one_torch_thread
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.training.collection import Collection

SIMULATIONS = 4
STEPS = 25
"""Control steps, with random actions; then as many again, learning."""
SEED = 7
LEARNER = AgentSettings(hidden_sizes=(32, 32), batch_size=32, warmup_transitions=40)
CORE = "OPENBLAS_CORETYPE"
CPU_INFO = Path("/proc/cpuinfo")
MODEL = ("vendor_id", "cpu family", "model")
"""What tells processors apart in it."""
PACKAGES = ("mujoco", "numpy", "torch")
"""Whose versions decide the bits."""


@dataclass(frozen=True)
class Golden:
    """What a run of a task left, as SHA-256."""

    trajectory: str
    """Of all states, observations and rewards."""
    weights: str
    """Of the policy that was learned."""


@functools.cache
def golden_run(task: str) -> Golden:
    """Run a task, once in a process."""
    env = make_environment(task, SIMULATIONS, threads=1)
    try:
        with one_torch_thread():
            return Golden(_digest(_trajectory(env)), _digest(_weights(env)))
    finally:
        env.close()


def machine() -> str:
    """The processor's architecture, the instructions that PyTorch uses on it, and its model.

    The model, because NumPy's BLAS computes otherwise on two generations of the same maker; after
    it the one that BLAS is told to compute for by `OPENBLAS_CORETYPE`, if it is.
    """
    model = platform.processor()
    if CPU_INFO.exists():
        pairs = (line.partition(":") for line in CPU_INFO.read_text().splitlines())
        said = {name.strip(): value.strip() for name, _, value in pairs}
        model = "-".join(said[name] for name in MODEL if name in said) or model
    instructions, told = torch.backends.cpu.get_cpu_capability(), os.environ.get(CORE, "")
    return " ".join(filter(None, [platform.machine(), instructions, model, told]))


def versions() -> dict[str, str]:
    """Of what decides the bits."""
    return {name: version(name).split("+")[0] for name in PACKAGES}


def _trajectory(env: GuardedEnvironment) -> Iterator[NDArray[Any]]:
    assert env.simulation is not None, "golden runs are of tasks"
    rng = np.random.default_rng(SEED)
    batch = env.simulation.batch
    observation, _ = env.reset(seed=SEED)
    yield observation
    for _ in range(STEPS):
        action = rng.uniform(-1.0, 1.0, (SIMULATIONS, *env.single_action_space.shape))
        observation, reward, *_ = env.step(action.astype(np.float32))
        yield from (observation, reward, batch.bind("qpos"), batch.bind("qvel"))


def _weights(env: GuardedEnvironment) -> Iterator[NDArray[Any]]:
    spaces = env.single_observation_space, env.single_action_space
    agent = make_learner(*spaces, LEARNER, SIMULATIONS, SEED, env.goal_space)
    with tempfile.TemporaryDirectory() as unstable:
        collection = Collection(env, agent, Path(unstable))
        collection.start(SEED)
        for _ in range(STEPS):
            collection.begin_step()
            collection.end_step()
            if agent.ready:
                agent.update()
    yield from (tensor.numpy() for _, tensor in sorted(agent.policy_state().items()))


def _digest(arrays: Iterable[NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
