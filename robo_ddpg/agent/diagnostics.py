"""What tends to go wrong in deterministic policy gradients, measured on sampled steps."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from robo_ddpg.agent.backend import Backend, Sample

_SATURATED = 0.95
"""Part of the half range from which on an action counts as saturated."""
_NEGLIGIBLE = 0.01
"""Discount from which on rewards are left to the critic when returns are measured."""
_LONGEST_RETURN = 500
"""Most steps of a measured return."""


@dataclass(frozen=True)
class Diagnostics:
    """What was measured; rewards and values in the unit that is learned from."""

    reward_unit: float
    """What rewards are multiplied by before they are learned from."""
    saturated_actions: list[float]
    """Share of the policy's actions near a bound, of each action component."""
    slopes: list[float]
    """Share of the critic's gradient that tanh lets through to the actor, of each component: the
    mean of 1 - a^2."""
    q: float
    """The first critic's value of the stored actions."""
    measured_return: float
    """The discounted rewards really obtained for them, with the target critic's value where too few
    steps are stored."""
    largest_return: float
    """The largest magnitude of these rewards alone."""
    usual_return: float
    """Their root mean square."""
    dead_units: dict[str, list[float]]
    """`actor` and `critic` -> share of the units of each hidden layer that are 0 in all samples."""

    @property
    def q_gap(self) -> float:
        """How far the critic's value lies above what was obtained."""
        return self.q - self.measured_return


def diagnostics(
    backend: Backend, sample: Sample, reward_unit: float, *, target: bool
) -> Diagnostics:
    """Compare what the critic says with what was obtained, and look into the networks.

    Args:
        backend: Whose values are compared.
        sample: Without smoothing noise; its rewards are summed over `return_steps`.
        reward_unit: What rewards are multiplied by before they are learned from.
        target: Whether the target actor is the policy.
    """
    observation = sample.observation
    q, measured = backend.q(observation, sample.action), backend.td_target(sample)
    action = backend.act(observation, target=target)
    learning = backend.act(observation, target=False)
    hidden = backend.hidden(observation, sample.action)
    return Diagnostics(
        reward_unit=reward_unit,
        saturated_actions=(action.abs() > _SATURATED).float().mean(0).tolist(),
        slopes=(1.0 - learning.square()).mean(0).tolist(),
        q=float(q.mean()),
        measured_return=float(measured.mean()),
        largest_return=float(sample.reward.abs().max()),
        usual_return=float(sample.reward.square().mean().sqrt()),
        dead_units={name: [_dead(layer) for layer in layers] for name, layers in hidden.items()},
    )


def _dead(output: Tensor) -> float:
    """Share of units that are 0 in all rows of (..., b, units)."""
    return float(torch.all(output <= 0.0, dim=-2).float().mean())


def return_steps(discount: float) -> int:
    """Steps after which a reward's weight is negligible."""
    if not 0.0 < discount < 1.0:
        return _LONGEST_RETURN if discount else 1
    return min(math.ceil(math.log(_NEGLIGIBLE) / math.log(discount)), _LONGEST_RETURN)
