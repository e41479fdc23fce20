"""What goes wrong with the policy, its networks and what they are shown."""

from collections.abc import Iterator

from robo_ddpg.training.diagnosis.symptom import Measured, Symptom, flag, option

CONSTANT, DEAD, SATURATED, EXPLORATION = (
    "constant observations",
    "dead units",
    "saturated actions",
    "exploration ends episodes",
)

LEAST_SLOPE = 0.01
"""Share of the gradient below which an action is stuck: as with actions of 0.995 throughout."""
MOST_DEAD = 0.9
"""Share of dead units from which on a layer has next to nothing left to learn with."""
FAILURES = 10
"""In training episodes that are needed to say something."""
SOONER = 0.1
"""Part of an episode without noise below which training sees little but its beginning."""
ENOUGH, LATE = 1_000, 0.25
"""Transitions, and share of the budget, after which what never varied is said not to vary: the
force of a grasp has to be found first."""


def constant_observations(seen: Measured) -> Iterator[Symptom]:
    """Observed components that tell nothing."""
    if seen.constant and seen.transitions >= ENOUGH and seen.used >= LATE:
        said = (
            f"what is observed of {{}} never varied in {seen.transitions:,} transitions: look "
            "whether it is measured at all, and leave it out if nothing can change it"
        )
        yield Symptom(CONSTANT, said, tuple(seen.constant))


def dead_units(seen: Measured) -> Iterator[Symptom]:
    """Layers that learn nothing any more because their ReLUs are 0 for all observations."""
    for network, layers in seen.learner.dead_units.items():
        for number, share in enumerate(layers, 1):
            if share >= MOST_DEAD:
                yield Symptom(
                    DEAD, _dead_layer(seen, network, share), (f"{network} layer {number}",)
                )


def _dead_layer(seen: Measured, network: str, share: float) -> str:
    rate = option(seen.settings, f"{network}_learning_rate")
    norm = network == "critic" and not seen.settings.critic_layer_norm
    return (
        f"{100 * share:.0f} % of the units of {{}} are 0 whatever is observed, and learn nothing "
        f"any more: train anew with a lower {rate}{' and --agent.critic-layer-norm' * norm}"
    )


def saturated_actions(seen: Measured) -> Iterator[Symptom]:
    """Action components that tanh keeps at their bounds, out of the gradient's reach."""
    slopes = zip(seen.actions, seen.learner.slopes, strict=True)
    stuck = tuple(name for name, slope in slopes if slope < LEAST_SLOPE)
    if not stuck:
        return
    penalty = max(10 * seen.settings.pre_activation_penalty, 0.005)
    said = (
        f"the policy is stuck at a bound in {{}}: tanh lets less than {100 * LEAST_SLOPE:g} % of "
        "the gradient through; unless the bound is always best, give "
        f"{flag('pre_activation_penalty', penalty)}, or lower "
        f"{option(seen.settings, 'actor_learning_rate')}"
    )
    yield Symptom(SATURATED, said, stuck)


def exploration(seen: Measured) -> Iterator[Symptom]:
    """Noise that ends episodes where the policy by itself would have gone on."""
    training, lasting = seen.training, seen.lasting
    if training is None or lasting is None or training.count < FAILURES:
        return
    if training.apart >= SOONER * lasting:
        return
    low, high = seen.settings.noise_range
    said = (
        f"exploration ends episodes early: even with the least noise they fail after "
        f"{training.apart:.0f} steps, where the policy by itself lasts {lasting:.0f}: give "
        f"{flag('noise_range', low / 4, high / 4)}{_others(seen)}"
    )
    yield Symptom(EXPLORATION, said)


def _others(seen: Measured) -> str:
    """What else disturbs the policy's actions."""
    names = ("repeat_probability", "random_component_probability", "random_action_probability")
    used = [flag(name, 0) for name in names if getattr(seen.settings, name) > 0]
    return "".join(f" and {name}" for name in used)
