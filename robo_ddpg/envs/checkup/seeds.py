"""Whether a seed fixes an episode, and different ones give different episodes."""

from collections.abc import Sequence

import numpy as np

from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, NOTE, Finding
from robo_ddpg.envs.checkup.player import Episode
from robo_ddpg.envs.checkup.replay import Parting, Replay, parting_of

ROUNDING = 1e-6
"""Differences of rounding, relatively."""
RESETS = 3
"""Resets without a seed."""


def seed_findings(replay: Replay) -> list[Finding]:
    """Whether the same seed and the same actions give the same episode."""
    try:
        parting = replay.parting(replay.seed, replay.actions)
    except TimeoutError:
        return [Finding("seed", NOT_CHECKED, "whether reset(seed=) fixes an episode: it is slow")]
    if parting is not None:
        return [_unfixed(replay.seed, parting)]
    before = parting_of(replay.original, replay.episode)
    return [] if before is None else [_left_over(replay.seed, before)]


def start_findings(replay: Replay, episodes: Sequence[Episode]) -> list[Finding]:
    """Whether episodes from other seeds, or from none, are others."""
    starts = [episode.observations[0] for episode in episodes]
    if not _all_alike(starts):
        unseeded = [replay.player.play(None, ()).observations[0] for _ in range(RESETS)]
        return [_unseeded()] if _all_alike(unseeded) else []
    others = [episode.seed for episode in episodes if episode.seed != replay.seed]
    try:
        alone = bool(others) and replay.parting(others[0], replay.actions) is None
    except TimeoutError:
        return []
    return [_always_the_same()] if alone else []


def _all_alike(starts: Sequence[object]) -> bool:
    return all(np.array_equal(start, starts[0]) for start in starts)  # type: ignore[arg-type]


def _unfixed(seed: int | None, parting: Parting) -> Finding:
    when = f"part at step {parting.step}" if parting.step else "begin differently"
    said = f"two episodes from reset(seed={seed}) with the same actions {when}"
    if parting.difference < ROUNDING:
        text = f"{said}, by {parting.difference:.0e} of the values: not the same to the last bit"
        return Finding("seed", NOTE, text)
    text = (
        f"{said}: neither evaluations nor comparisons are of the same episodes; draw every random "
        "number from self.np_random, after super().reset(seed=seed)"
    )
    return Finding("seed", HURTS, text)


def _left_over(seed: int | None, parting: Parting) -> Finding:
    text = (
        f"an episode from reset(seed={seed}) went another way from step {parting.step} on, with "
        "the same actions, after other episodes: something of these is left over; let reset set "
        "everything anew"
    )
    return Finding("left over", NOTE, text)


def _unseeded() -> Finding:
    text = (
        f"{RESETS} resets without a seed began the same, while seeds differ: training resets "
        "without, and would see one start only; seed the generator only where a seed is given"
    )
    return Finding("same start", HURTS, text)


def _always_the_same() -> Finding:
    text = (
        "episodes are the same whatever the seed: what is learned is for this one start, and an "
        "evaluation is of one case"
    )
    return Finding("one episode", NOTE, text)
