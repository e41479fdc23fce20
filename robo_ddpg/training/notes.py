"""What a run says at its start."""

from collections.abc import Iterator

from robo_ddpg.envs.checkup.checkup import brief_warnings
from robo_ddpg.envs.checkup.finding import HURTS
from robo_ddpg.envs.names import ForeignSource, resolve
from robo_ddpg.errors import EnvironmentFailure
from robo_ddpg.training.checkpoints.trial import RESTART, check_restorable
from robo_ddpg.training.settings import TrainSettings


def reasons(settings: TrainSettings) -> Iterator[str]:
    """Which settings were chosen because of what the environment is like."""
    for reason in dict.fromkeys(settings.reasons.values()):
        names = [name for name, why in settings.reasons.items() if why == reason]
        values = (f"{name} {getattr(settings.agent, name)}" for name in names)
        yield f"{reason}: {', '.join(values)}"


def warnings(settings: TrainSettings) -> Iterator[str]:
    """What a short look at the environment finds wrong with it."""
    source = resolve(settings.task, settings.python)
    for text in brief_warnings(source, settings.environment, settings.step_timeout_s):
        yield f"{HURTS}: {text}"


def what_resuming_changes(settings: TrainSettings) -> Iterator[str]:
    """That an environment of others cannot be saved, if so: it is tried."""
    if not isinstance(resolve(settings.task, settings.python), ForeignSource):
        return
    try:
        check_restorable(settings)
    except EnvironmentFailure as failure:
        yield f"if this run is stopped and resumed, {RESTART}: {failure}"
