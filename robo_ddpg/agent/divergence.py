"""What to say when numbers of the learner are no longer finite."""

import numpy as np

from robo_ddpg.agent.networks import StackedMlp
from robo_ddpg.agent.replay_buffer import Minibatch
from robo_ddpg.errors import DivergenceError as DivergenceError


def divergence(
    update: int, metrics: dict[str, float], batch: Minibatch, networks: dict[str, StackedMlp]
) -> DivergenceError:
    """The error that names what is not finite: something stored, or else the learner itself."""
    shown = ", ".join(f"{name}={value:.3g}" for name, value in metrics.items())
    for name, array in vars(batch).items():
        if not np.isfinite(array).all():
            return DivergenceError(
                f"update {update}: a stored {name} is not finite ({shown}); "
                "mark unstable simulations as not valid when storing their transitions"
            )
    for name, network in networks.items():
        if not bool(network.parameters.isfinite().all()):
            return DivergenceError(
                f"update {update}: parameters of the {name} are not finite ({shown}); "
                "lower the learning rates, or scale rewards and observations to about 1"
            )
    return DivergenceError(f"update {update}: not finite: {shown}; scale the rewards to about 1")
