"""Controllers that can take each other's place while an episode runs."""

from collections.abc import Sequence

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import source_of
from robo_ddpg.errors import ControllerError


def check_same_task(controller: Controller, others: Sequence[Controller]) -> None:
    """Refuse controllers of other tasks, or of other actions.

    Raises:
        ControllerError: one was trained for another task, or its actions mean something else.
    """
    first = controller.task
    for other in others:
        if other.task["name"] != first["name"]:
            raise ControllerError(
                f"{other.task['name']} is another task than {first['name']}: watch it by itself"
            )
        for name in source_of(controller).action_settings:
            mine, theirs = (task["settings"].get(name) for task in (first, other.task))
            if mine != theirs:
                raise ControllerError(
                    f"{other.path or 'a controller'} was trained with {name} {theirs}, the first "
                    f"with {mine}: watch it by itself"
                )
