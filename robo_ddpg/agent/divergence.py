"""What to say when numbers of the learner are no longer finite."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from robo_ddpg.agent.replay.buffer import Minibatch
from robo_ddpg.errors import DivergenceError


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
