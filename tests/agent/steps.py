"""What a checkpoint keeps of a replay buffer besides its state."""

from typing import Any

from robo_ddpg.agent.replay.buffer import ReplayBuffer


def steps_of(replay: ReplayBuffer) -> dict[int, Any]:
    """Time -> copies of what was stored then."""
    ring = replay.ring
    return {
        time: {name: rows.copy() for name, rows in ring.stored(time, time + 1).items()}
        for time in range(ring.oldest, ring.time)
    }


def put_steps(replay: ReplayBuffer, steps: dict[int, Any]) -> None:
    """Put them back."""
    for time, rows in steps.items():
        replay.ring.put(time, rows)
