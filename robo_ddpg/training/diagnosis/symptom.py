"""What is looked at when a training is examined, and what is then said of it."""

from dataclasses import dataclass

from robo_ddpg.agent.diagnostics import Diagnostics
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.envs.checkup.finding import listed
from robo_ddpg.training.diagnosis.values import Promise

WHOLE = ""
"""The component of a symptom that is not of single ones."""


@dataclass(frozen=True)
class Failures:
    """How often episodes are terminated without success, as by a fall."""

    steps: int
    """In which they were counted."""
    count: int

    @property
    def apart(self) -> float:
        """Steps from one to the next."""
        return self.steps / max(self.count, 1)


@dataclass(frozen=True)
class Measured:
    """What is known of a training at one evaluation."""

    settings: AgentSettings
    actions: list[str]
    """Names of the action components."""
    transitions: int
    updates: int
    used: float
    """Share of the budget."""
    learner: Diagnostics
    critic_loss: float | None
    """Of the last update; None before the first."""
    promise: Promise | None
    """None where there was nothing to compare."""
    constant: list[str]
    """Observed components that never varied yet."""
    training: Failures | None
    """In the quarter of the simulations with the least noise, since the last evaluation; None if
    that was partly warm-up."""
    lasting: float | None
    """Steps of an episode without noise, in this evaluation or the last one, whichever has fewer;
    None if there was no other."""


@dataclass(frozen=True)
class Symptom:
    """Something that is wrong."""

    kind: str
    said: str
    """What was found and what to change, in a sentence; `{}` stands for the components."""
    components: tuple[str, ...] = (WHOLE,)

    def text(self, components: list[str]) -> str:
        """The sentence about some of the components."""
        return self.said.format(listed(components))


def option(settings: AgentSettings, name: str) -> str:
    """A setting as it is given on the command line, with its value."""
    value = getattr(settings, name)
    shown = " ".join(f"{x:g}" for x in value) if isinstance(value, tuple) else f"{value:g}"
    return f"{flag(name)} (now {shown})"


def flag(name: str, *values: float) -> str:
    """A setting as it is given on the command line, with values for it."""
    return " ".join([f"--agent.{name.replace('_', '-')}", *(f"{value:g}" for value in values)])
