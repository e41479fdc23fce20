"""What the components of observations and actions are called."""

from dataclasses import dataclass

from robo_ddpg.envs.environment import size_of
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.flattening import component_names


@dataclass(frozen=True)
class Names:
    """Of one environment."""

    observations: list[str]
    """Of each observed component."""
    actions: list[str]
    """Of each action component, as the robot's drive says what it asks for."""
    may_rest: list[bool]
    """Which observed components need not vary."""


def names_of(env: GuardedEnvironment) -> Names:
    """The names in an environment."""
    told = [] if env.simulation is None else env.simulation.drive.commanded()
    size = size_of(env.single_action_space)
    actions = [quantity.what for quantity in told] or [f"action[{k}]" for k in range(size)]
    return Names(component_names(env.parts), actions, env.may_rest)
