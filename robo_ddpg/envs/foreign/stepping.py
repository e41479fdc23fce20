"""Which way of stepping environments is the fastest here, by a short trial."""

import contextlib
import json
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from robo_ddpg.envs.background import Background
from robo_ddpg.envs.foreign.simulations import Simulations, Stepping
from robo_ddpg.errors import RoboDDPGError

TRIED = 8
"""Environments in a trial."""
TRIAL_S, MOST_STEPS = 0.3, 20
"""Time that each way is tried for [s], and steps of each environment."""
TRIAL_TIMEOUT_S = 30.0
"""Trials that take longer are given up [s]."""
WORTH_S = 1e-3
"""A step of all that takes less than this is not spread: passing it on would take longer [s]."""

_trials: dict[str, "Trial"] = {}


@dataclass(frozen=True)
class Trial:
    """What was found."""

    best: Stepping
    rates: dict[Stepping, float]
    """Way of stepping -> steps per second, of all environments together."""

    def __str__(self) -> str:
        shown = ", ".join(f"{PHRASES[way]} {rate:,.0f}" for way, rate in self.rates.items())
        return f"environments are stepped {PHRASES[self.best]} (in a trial, steps/s: {shown})"


PHRASES = {"in turn": "in turn", "threads": "by threads", "processes": "by processes"}


def fastest(name: str, settings: dict[str, Any], num_envs: int, workers: int) -> Trial:
    """The fastest way, by a trial with few of them; made once in the life of this process.

    Args:
        name: an id, or `module:Class`.
        settings: arguments by name.
        num_envs: how many environments.
        workers: how many threads or processes may be used.
    """
    key = json.dumps([name, settings, min(num_envs, TRIED), workers], default=str)
    if key not in _trials:
        trial = Background().submit(lambda: _tried(name, settings, min(num_envs, TRIED), workers))
        _trials[key] = _result(trial)
    return _trials[key]


def _result(trial: Future[Trial]) -> Trial:
    """What was found; an environment that fails or hangs says so when it is used."""
    with contextlib.suppress(TimeoutError):
        if trial.exception(TRIAL_TIMEOUT_S) is None:
            return trial.result()
    return Trial("in turn", {})


def _tried(name: str, settings: dict[str, Any], num_envs: int, workers: int) -> Trial:
    rates: dict[Stepping, float] = {"in turn": _rate(name, settings, num_envs, "in turn", 1)}
    if num_envs / rates["in turn"] > WORTH_S:
        for stepping in _others(workers):
            # A process may not know what is registered in this one alone.
            with contextlib.suppress(RoboDDPGError, TypeError):
                rates[stepping] = _rate(name, settings, num_envs, stepping, workers)
    return Trial(max(rates, key=lambda stepping: rates[stepping]), rates)


def _others(workers: int) -> list[Stepping]:
    """A single thread brings nothing; a single process leaves the interpreter to the learner."""
    return ["threads", "processes"] if workers > 1 else ["processes"]


def _rate(
    name: str, settings: dict[str, Any], num_envs: int, stepping: Stepping, workers: int
) -> float:
    """Steps per second of all together, random actions."""
    env = Simulations(name, settings, num_envs, stepping, workers)
    try:
        form, rng = env.description["action"], np.random.default_rng(0)
        low, high = (np.array(form[bound], float) for bound in ("low", "high"))
        every = np.ones(num_envs, bool)
        env.reset(every, list(range(num_envs)))
        steps, start = 0, time.perf_counter()
        while steps < MOST_STEPS * num_envs and time.perf_counter() < start + TRIAL_S:
            env.step(rng.uniform(low, high, (num_envs, *low.shape)))
            steps += num_envs
            ended = env.arrays["terminated"] | env.arrays["truncated"]
            if ended.any():
                env.reset(ended, [None] * num_envs)
        return steps / (time.perf_counter() - start)
    finally:
        env.close()
