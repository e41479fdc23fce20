"""What to say when numbers of the learner are no longer finite."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from robo_ddpg.agent.replay.buffer import Minibatch
from robo_ddpg.errors import DivergenceError
from tasks.arrays import Float32

RUNAWAY = 1e4
"""Values of the critics that exceed so many times what rewards can add up to have run away."""
MOST_STEPS = 1e5
"""Of rewards that are added up, where they are hardly discounted or not at all."""


def check_values(update: int, q: float, reward: Float32, discount: float) -> None:
    """Notice values that explode, long before they are no longer finite.

    Args:
        update: number of the update.
        q: mean value of a minibatch.
        reward: its rewards, scaled as those that are learned from, (b, 1).
        discount: weight of the reward one step later.

    Raises:
        DivergenceError: they do.
    """
    steps = min(1.0 / max(1.0 - discount, 1e-12), MOST_STEPS)
    possible = max(1.0, float(np.abs(reward).max())) * steps
    if abs(q) > RUNAWAY * possible:
        raise DivergenceError(
            f"update {update}: the critics' values have run away: q={q:.3g} where rewards add up "
            f"to {possible:.3g} at most; lower the learning rates or the discount"
        )


def divergence(
    update: int, metrics: dict[str, float], batch: Minibatch, state: Mapping[str, Tensor]
) -> DivergenceError:
    """The error that names what is not finite: something stored, or else the learner itself."""
    shown = ", ".join(f"{name}={value:.3g}" for name, value in metrics.items())
    for name, array in vars(batch).items():
        if not np.isfinite(array).all():
            return DivergenceError(
                f"update {update}: a stored {name} is not finite ({shown}); "
                "mark unstable simulations as not valid when storing their transitions"
            )
    for name, tensor in state.items():
        if not bool(tensor.isfinite().all()):
            return DivergenceError(
                f"update {update}: the learner's {name} is not finite ({shown}); "
                "lower the learning rates, or scale rewards and observations to about 1"
            )
    return DivergenceError(f"update {update}: not finite: {shown}; scale the rewards to about 1")
