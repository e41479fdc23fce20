"""What tends to go wrong in deterministic policy gradients, measured on sampled steps."""

import math

from torch import Tensor

from robo_ddpg.agent.backend import Backend, Sample

_SATURATED = 0.95
"""Part of the half range from which on an action counts as saturated."""
_NEGLIGIBLE = 0.01
"""Discount from which on rewards are left to the critic when returns are measured."""
_LONGEST_RETURN = 500
"""Most steps of a measured return."""
_USUAL_RETURNS = (1e-2, 1e4)
"""Returns beyond these are far from what the critics' learning rates and penalties are made for."""


def diagnostics(
    backend: Backend, sample: Sample, policy_action: Tensor
) -> dict[str, float | list[float]]:
    """Compare what the critic says with what was obtained.

    Args:
        backend: Whose values are compared.
        sample: Without smoothing noise; its rewards are summed over `return_steps`.
        policy_action: What the policy would do instead of the stored actions, (b, a).

    Returns:
        `saturated_actions`, the share of the policy's actions near a bound for each action
        component; `q` and `measured_return`, the first critic's values of the stored actions
        and the discounted rewards really obtained, with the target critic's value
        where too few steps are stored; `q_gap`, the first minus the second; and
        `largest_return`, the largest magnitude of the rewards alone.
    """
    q, measured = backend.q(sample.observation, sample.action), backend.td_target(sample)
    return {
        "saturated_actions": (policy_action.abs() > _SATURATED).float().mean(0).tolist(),
        "q": float(q.mean()),
        "measured_return": float(measured.mean()),
        "q_gap": float(q.mean() - measured.mean()),
        "largest_return": float(sample.reward.abs().max()),
    }


def reward_advice(largest_return: float, reward_scale: float) -> str | None:
    """What to set where rewards are too large or too small to be learned from; None if they fit."""
    low, high = _USUAL_RETURNS
    if largest_return == 0.0 or low <= largest_return <= high:
        return None
    better = 10.0 ** round(math.log10(10.0 * reward_scale / largest_return))
    return (
        f"returns of up to {largest_return:.1g} are far from 1 and hard to learn from: set "
        f"reward_scale to {better:g}, or return_scale to 10, which finds it by itself"
    )


def return_steps(discount: float) -> int:
    """Steps after which a reward's weight is negligible."""
    if not 0.0 < discount < 1.0:
        return _LONGEST_RETURN if discount else 1
    return min(math.ceil(math.log(_NEGLIGIBLE) / math.log(discount)), _LONGEST_RETURN)
