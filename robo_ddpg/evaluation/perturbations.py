"""What is done to the simulated world to see what a controller can bear."""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.evaluation.episodes import Act
from robo_ddpg.model_fields import scale_friction, scale_mass, scale_strength
from tasks.arrays import Array, Ids

TIMES_NOMINAL = "times nominal"
PUSH_START = 0.4
"""When a push begins, as a share of the episode."""
PUSH_S = 0.1
"""How long it lasts [s]."""


@dataclass(frozen=True)
class Perturbation:
    """One thing that is changed, and how far."""

    title: str
    """In words."""
    unit: str
    """What the levels mean."""
    nominal: float
    """The level that changes nothing."""
    levels: tuple[float, ...]
    """In rising order, the nominal one among them."""
    apply: Callable[[Simulation | None, Act, float], Act | None]
    """Changes the physics, or what the policy sees or does; returns the policy to run, None where
    the physics is needed and out of reach. It is called once per environment, before the first
    reset, and always starts from nominal values."""


def with_noise(act: Act, sigma: float) -> Act:
    """Add Gaussian noise to observations; they are scaled so that usual values lie in [-1, 1]."""
    rng = np.random.default_rng(0)
    return lambda x: act(x + sigma * rng.standard_normal(x.shape, np.float32))


def with_latency(act: Act, steps: int) -> Act:
    """Carry actions out some control steps late; until the first arrives, the action is 0."""
    waiting: collections.deque[NDArray[np.float32]] = collections.deque()

    def postponed(x: NDArray[np.float32]) -> NDArray[np.float32]:
        waiting.append(act(x))
        return waiting.popleft() if len(waiting) > steps else np.zeros_like(waiting[0])

    return postponed


def late(simulation: Simulation | None, act: Act, steps: float) -> Act:
    """Let actions arrive late: in the simulation, where there is one."""
    if simulation is None:
        return with_latency(act, round(steps))
    simulation.fix_latency(round(steps))
    return act


def with_push(simulation: Simulation, act: Act, force: float) -> Act:
    """Push the robot once, for `PUSH_S`, horizontally, each simulation in its own direction."""
    task = simulation.task
    wrench = simulation.batch.bind("xfrc_applied")[:, task.model.body(task.push_body).id]
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, simulation.nsim)
    push = force * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    first = round(PUSH_START * task.episode_steps)
    last = first + max(1, round(PUSH_S * task.settings.control_hz))

    def pushed(x: NDArray[np.float32]) -> NDArray[np.float32]:
        now = (simulation.steps >= first) & (simulation.steps < last)
        wrench[:, :2] = np.where(now[:, None], push, 0.0)
        return act(x)

    return pushed


def _scaled(scale: Callable[[Batch, Ids, Array], None]) -> Any:
    def apply(simulation: Simulation, act: Act, level: float) -> Act:
        n = simulation.nsim
        scale(simulation.batch, np.arange(n), np.full(n, level))
        return act

    return _physical(apply)


def _physical(apply: Callable[[Simulation, Act, float], Act]) -> Any:
    return lambda simulation, act, level: simulation and apply(simulation, act, level)


PERTURBATIONS = {
    "mass": Perturbation(
        "Mass and inertia",
        TIMES_NOMINAL,
        1.0,
        (0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
        _scaled(scale_mass),
    ),
    "friction": Perturbation(
        "Friction",
        TIMES_NOMINAL,
        1.0,
        (0.25, 0.5, 0.75, 1.0, 1.5),
        _scaled(scale_friction),
    ),
    "strength": Perturbation(
        "Actuator strength",
        TIMES_NOMINAL,
        1.0,
        (0.1, 0.25, 0.5, 0.75, 1.0, 1.25),
        _scaled(scale_strength),
    ),
    "noise": Perturbation(
        "Observation noise",
        "standard deviation",
        0.0,
        (0.0, 0.01, 0.02, 0.05, 0.1),
        lambda _, act, level: with_noise(act, level),
    ),
    "latency": Perturbation(
        "Action latency",
        "control steps",
        0.0,
        (0.0, 1.0, 2.0, 3.0, 5.0),
        late,
    ),
    "push": Perturbation(
        "Push on the robot",
        f"N for {PUSH_S:g} s",
        0.0,
        (0.0, 25.0, 50.0, 100.0, 200.0),
        _physical(with_push),
    ),
}
"""What a robustness evaluation tries."""
