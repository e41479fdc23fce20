"""What goes wrong with values: their unit, their course, and how far they are from the truth."""

import math
from collections.abc import Iterator

from robo_ddpg.training.diagnosis.symptom import Measured, Symptom, flag, option
from robo_ddpg.training.diagnosis.values import Promise

SCALE, DIVERGES, SLOW, OVER, UNDER = (
    "reward scale",
    "critic loss diverges",
    "slow targets",
    "overestimation",
    "underestimation",
)

USUAL_RETURNS = (1e-2, 1e4)
"""Returns beyond these are far from what the critics' learning rates and penalties are made for."""
DIVERGED = 3.0
"""Error of the critics, in units of usual returns; a critic that says 0 has at most 1."""
PROMISED, WITHHELD = 0.5, 2.0
"""Excess of values above, and below, what is obtained, in units of that, from which on it is said:
critics of two, and those of a policy that is smoothed by noise, lie below without harm."""
SURE = 2.0
"""Standard errors of the excess that have to lie beyond that."""
SETTLED = 10.0
"""Horizons that rewards have to have come back over for values to be judged: while a policy gets
better fast, they lag behind."""
BACKWARD = 1.0
"""Horizons that they should have come back over by the end of the budget."""
ENOUGH = 3.0
"""Horizons that are better."""
BEGUN = 0.1
"""Share of the budget from which on that is judged."""


def reward_scale(seen: Measured) -> Iterator[Symptom]:
    """Rewards that are too large or too small to be learned from."""
    low, high = USUAL_RETURNS
    largest = seen.learner.largest_return
    if largest == 0.0 or low <= largest <= high:
        return
    better = 10.0 ** round(math.log10(10.0 * seen.settings.reward_scale / largest))
    said = (
        f"returns of up to {largest:.1g} are far from 1 and hard to learn from: give "
        f"{flag('reward_scale', better)}, or {flag('return_scale', 10)}, which finds it by itself"
    )
    yield Symptom(SCALE, said)


def critic_diverges(seen: Measured) -> Iterator[Symptom]:
    """Errors that are larger than anything there is to predict."""
    error, usual = critic_error(seen), seen.learner.usual_return
    if error is None or error < DIVERGED:
        return
    norm = "" if seen.settings.critic_layer_norm else " and give --agent.critic-layer-norm"
    lower = f"lower {option(seen.settings, 'critic_learning_rate')}"
    said = (
        f"the critic's loss diverges: it is {seen.critic_loss:.2g}, errors of {error * usual:.2g} "
        f"where returns are about {usual:.2g}; {lower}{norm}"
    )
    yield Symptom(DIVERGES, said)


def slow_targets(seen: Measured) -> Iterator[Symptom]:
    """Target networks that will hardly pass rewards back in the updates that the run makes."""
    promise, settings, back = seen.promise, seen.settings, horizons_back(seen)
    if promise is None or seen.used < BEGUN or back >= BACKWARD * seen.used:
        return
    if abs(relative_excess(seen, promise)) < PROMISED:
        return
    wanted = settings.target_rate * ENOUGH * seen.used / max(back, 1e-9)
    rate = min(1.0, float(f"{wanted:.1g}"))
    said = (
        f"the target networks move too slowly: {seen.updates:,} updates have passed rewards back "
        f"over {back * horizon(seen):.2g} of the {horizon(seen):.0f} steps that the discount looks "
        f"ahead, and values are {promise.value:.3g} where {promise.obtained:.3g} is obtained; "
        f"raise {option(settings, 'target_rate')} to {rate:g}, or make more updates: lower "
        f"{option(settings, 'transitions_per_update')}"
    )
    yield Symptom(SLOW, said)


def wrong_values(seen: Measured) -> Iterator[Symptom]:
    """Values far from what the policy obtains, once they had time to be anything else."""
    promise = seen.promise
    if promise is None or horizons_back(seen) < SETTLED:
        return
    if -WITHHELD < relative_excess(seen, promise) < PROMISED:
        return
    found = (
        f"the critic promises {promise.value:.3g} where the policy then obtains "
        f"{promise.obtained:.3g}, discounted, in evaluations"
    )
    over = promise.excess > 0
    remedy = _elsewhere(seen, promise) or (_less(seen) if over else _more(seen))
    said = f"{found}: it {'over' if over else 'under'}estimates; {remedy}"
    yield Symptom(OVER if over else UNDER, said)


def critic_error(seen: Measured) -> float | None:
    """Of the last update, in units of usual returns; None where there are none to speak of."""
    usual = seen.learner.usual_return
    if seen.critic_loss is None or usual < USUAL_RETURNS[0]:
        return None
    return math.sqrt(seen.critic_loss) / usual


def relative_excess(seen: Measured, promise: Promise) -> float:
    """How much of the excess is sure, in units of returns.

    Of those of evaluations, or of training, where exploration makes them larger: what noise costs
    can be much more than what there is to gain.
    """
    size = max(promise.size, seen.learner.usual_return / seen.learner.reward_unit, 1e-12)
    sure = max(abs(promise.excess) - SURE * promise.error, 0.0)
    return math.copysign(sure, promise.excess) / size


def horizon(seen: Measured) -> float:
    """Steps that the discount looks ahead."""
    return 1.0 / max(1.0 - seen.settings.discount, 1e-3)


def horizons_back(seen: Measured) -> float:
    """Over how many horizons rewards have been passed back.

    A move of the target networks by the share `target_rate` passes them back over so much of
    `n_step` steps.
    """
    settings = seen.settings
    moves = settings.target_rate * seen.updates / settings.actor_delay
    return settings.n_step * moves / horizon(seen)


def _elsewhere(seen: Measured, promise: Promise) -> str:
    """What to look for where the critic is right about what training obtained."""
    learner = seen.learner
    if abs(learner.q_gap) > PROMISED * learner.reward_unit * abs(promise.excess):
        return ""
    obtained = learner.measured_return / learner.reward_unit
    return (
        f"in training {obtained:.3g} was obtained, as it says: look whether evaluations are paid "
        "like training, and whether the policy has just got worse"
    )


def _less(seen: Measured) -> str:
    rate = f"lower {option(seen.settings, 'critic_learning_rate')}"
    if seen.settings.critics == 1:
        return f"give {flag('critics', 2)}, of which the lower one counts, or {rate}"
    return f"{rate} or {option(seen.settings, 'discount')}"


def _more(seen: Measured) -> str:
    often = f"lower {option(seen.settings, 'transitions_per_update')}"
    one = f"give {flag('critics', 1)}, or " if seen.settings.critics == 2 else ""
    return f"{one}{often}"
