"""How fast an environment is, by itself and as training steps it."""

import time

import numpy as np

from robo_ddpg.envs.checkup.finding import HURTS, NOTE, Finding
from robo_ddpg.envs.environment import Environment

MEASURED_S = 0.5
"""Time that simulations are stepped for [s]."""
SLOW = 200.0
"""Fewer steps per second of all simulations than this take hours to learn from."""
FAST = 2_000.0
"""With more of one simulation it does not matter where the time goes."""
OFTEN = 0.3
"""Share of the time that is worth a word, of resets and of drawing."""
LONG = 1_000_000
"""Transitions of a long training."""


def share_findings(shares: dict[str, float], steps_per_s: float) -> list[Finding]:
    """Whether time goes elsewhere than into steps.

    Args:
        shares: see `Stopwatch.shares`.
        steps_per_s: of one simulation.
    """
    found: list[Finding] = []
    if steps_per_s > FAST:
        return found
    if shares.get("rendering", 0.0) > OFTEN:
        text = (
            f"drawing takes {100 * shares['rendering']:.0f} % of the time of each step: leave out "
            "render_mode while training"
        )
        found.append(Finding("drawing", NOTE, text))
    if shares.get("reset", 0.0) > OFTEN:
        text = (
            f"resets take {100 * shares['reset']:.0f} % of the time with random actions: keep what "
            "need not be made anew for an episode"
        )
        found.append(Finding("resets", NOTE, text))
    return found


def speed_findings(steps_per_s: float) -> list[Finding]:
    """Whether training will take long, at so many steps per second of all simulations."""
    if steps_per_s >= SLOW:
        return []
    hours = LONG / steps_per_s / 3600
    text = (
        f"{steps_per_s:.3g} steps/s of all simulations together: a million take {hours:,.0f} hours"
    )
    return [Finding("slow", NOTE, text)]


def rate(env: Environment, seed: int) -> float:
    """Steps per second of all simulations together, with random actions."""
    space, generator = env.single_action_space, np.random.default_rng(seed)
    env.reset(seed=seed)
    steps, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < MEASURED_S:
        actions = generator.uniform(space.low, space.high, (env.num_envs, *space.shape))
        _, _, terminated, truncated, _ = env.step(actions.astype(space.dtype))
        steps += env.num_envs
        if (ended := terminated | truncated).any():
            env.reset(options={"reset_mask": ended})
    return steps / passed


def goal_findings(env: Environment) -> list[Finding]:
    """What an environment says of its goals, once it is asked for them."""
    before = list(env.notes)
    weight = HURTS if env.goal_space is None else NOTE
    notes = [note for note in env.notes if note not in before]
    return [Finding("goals", weight, note) for note in notes]
