"""Whether actions change anything."""

from typing import Any

from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, NOTE, Finding, listed
from robo_ddpg.envs.checkup.replay import Replay

OTHER = 1_000_000
"""Added to a seed for actions that are independent of those played."""


def action_findings(replay: Replay, *, each: bool) -> list[Finding]:
    """Whether an episode goes elsewhere with other actions from the same seed.

    Args:
        replay: of an episode that its seed fixes.
        each: whether every component is tried by itself too.
    """
    size = replay.player.env.single_action_space.shape[0]
    idle: list[int] = []
    try:
        if not _matter(replay, slice(None)):
            return [_ignored(len(replay.actions))]
        idle = [k for k in range(size if each else 0) if not _matter(replay, k)]
    except TimeoutError:
        text = "whether each component of the action matters: it is slow"
        return [Finding("idle action", NOT_CHECKED, text)]
    return [_idle(idle, size, len(replay.actions))] if idle else []


def _matter(replay: Replay, components: int | slice) -> bool:
    """Whether other values of some components lead elsewhere."""
    others = replay.player.random_actions(OTHER + (replay.seed or 0))
    changed: list[Any] = [action.copy() for action in replay.actions]
    for action, other in zip(changed, others, strict=False):
        action[components] = other[components]
    return replay.parting(replay.seed, changed) is not None


def _ignored(steps: int) -> Finding:
    text = (
        f"actions change nothing: {steps} steps from the same seed with other actions gave the "
        "same observations and rewards; look at what step does with its argument"
    )
    return Finding("ignored actions", HURTS, text)


def _idle(idle: list[int], size: int, steps: int) -> Finding:
    which = listed([str(k) for k in idle])
    text = (
        f"{len(idle)} of {size} components of the action changed nothing within {steps} steps "
        f"({which}): if they never do, leave them out"
    )
    return Finding("idle action", NOTE, text)
