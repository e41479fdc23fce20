"""Which episodes several controllers of one task can play alike."""

from collections.abc import Sequence
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import source_of
from robo_ddpg.errors import ControllerError

World = dict[str, Any]
"""Settings of a task that differ from those of training."""


def shared_world(controllers: Sequence[Controller]) -> World:
    """The settings that give all of them the same episodes.

    They may differ in what their actions mean, in what they observe of the past, and in what
    training varied: each acts and observes as it does, in a world that varies for none of them
    where it did not vary alike for all.

    Args:
        controllers: at least one.

    Returns:
        Setting -> 0 for what training varied differently; empty if all were trained alike.

    Raises:
        ControllerError: another task, or other settings that make other episodes.
    """
    world: World = {}
    for other in controllers[1:]:
        world |= _varied_differently(controllers[0], other)
    return world


def _varied_differently(a: Controller, b: Controller) -> World:
    if a.task["name"] != b.task["name"]:
        raise ControllerError(
            f"{a.path} was trained for {a.task['name']!r} and {b.path} for {b.task['name']!r}: "
            "compare controllers of one task"
        )
    source = source_of(a)
    # Settings that one of them is too old to know have their defaults.
    settings_a, settings_b = (source.complete(each.task["settings"]) for each in (a, b))
    shared = {*settings_a, *settings_b} - {*source.action_settings, *source.memory_settings}
    differ = sorted(key for key in shared if settings_a.get(key) != settings_b.get(key))
    other = [key for key in differ if key not in source.varied_settings]
    if other:
        raise ControllerError(
            f"{a.path} and {b.path} were trained with different {', '.join(other)}, so their "
            "episodes are not the same: train both with the same settings of the task"
        )
    return dict.fromkeys(differ, 0)


def world_in_words(world: World) -> str:
    """What is not as in the training of all; empty if everything is."""
    what = ", ".join(name.removeprefix("random_").split("_")[0] for name in world)
    return f"not varied here, because training did not vary it alike: {what}" if what else ""
