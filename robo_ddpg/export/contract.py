"""What a program that runs an exported policy has to know: names, order, units of its numbers."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import Controller, digest
from robo_ddpg.envs.names import TaskSource, source_of
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.envs.simulation import LAST_ACTIONS, OBSERVATION_LIMIT, Simulation
from robo_ddpg.flattening import Flattening
from robo_ddpg.model_fields import model_hash
from tasks.quantities import Quantity

Json = dict[str, Any]
FORMAT = 1
"""Version of what a contract says."""
EVALUATION = (
    *("task", "episodes", "seed", "success_rate", "success_low", "success_high"),
    *("return_mean", "violations", "model_matches"),
)
"""What is told of an evaluation."""
OBSERVATION, ACTION, COMMAND = "observation", "action", "command"
"""Names of the input, (b, o), and of the outputs, (b, a) each."""


class Command(NamedTuple):
    """Actions in physical units."""

    one: NDArray[Any]
    """What an action of 1 adds to one of 0, (a,)."""
    zero: NDArray[Any]
    """What an action of 0 asks for, (a,)."""


def contract(controller: Controller) -> tuple[Json, Command | None]:
    """Describe a controller for those who run it without this package.

    Returns:
        The contract, JSON-compatible, and what actions ask for; None where only the environment
        knows that.

    Raises:
        ControllerError: as `source_of`.
    """
    told: Json = {
        "format": FORMAT,
        "task": controller.task["name"],
        "settings": controller.task["settings"],
        "weights_sha256": digest("", controller.tensors),
        "versions": controller.metadata.get("versions", {}),
        "training": controller.metadata.get("training", {}),
        "evaluation": _evaluation(controller),
    }
    if not isinstance(source_of(controller), TaskSource):
        return told | _of_environment(controller), None
    simulation = Simulation(make_task_of(controller.task), 1, threads=1)
    return told | _of_task(controller, simulation), _command(simulation.drive.commanded())


_LAST_ACTIONS = Quantity("the policy's last actions, the latest first, each within [-1, 1]")


def _of_task(controller: Controller, simulation: Simulation) -> Json:
    """What the task and its robot's drive say."""
    task = simulation.task
    shown = task.observed() | {LAST_ACTIONS: _LAST_ACTIONS}
    inputs = [_part(name, part, shown.get(name)) for name, part in task.layout.items()]
    commanded = simulation.drive.commanded()
    return {
        "control_hz": task.settings.control_hz,
        "model_hash": model_hash(task.model),
        "model_matches": controller.task.get("model_hash") in (None, model_hash(task.model)),
        OBSERVATION: {"parts": inputs, "low": -OBSERVATION_LIMIT, "high": OBSERVATION_LIMIT},
        ACTION: _bounds(controller),
        COMMAND: [_quantity(quantity) for quantity in commanded],
        "robot": task.about_robot(),
    }


def _of_environment(controller: Controller) -> Json:
    """What is known of an environment of others: the parts of its observation, the bounds."""
    observed = controller.task.get("observation")
    parts = Flattening.from_json(observed).slices if observed else {}
    parts = parts or {OBSERVATION: slice(0, controller.observation_size)}
    return {
        OBSERVATION: {"parts": [_part(name, part, None) for name, part in parts.items()]},
        ACTION: _bounds(controller) | {"form": controller.task.get("action")},
    }


def _command(commanded: list[Quantity]) -> Command | None:
    if not commanded:
        return None
    one, zero = ([getattr(q, name) for q in commanded] for name in ("one", "zero"))
    return Command(np.array(one, np.float64), np.array(zero, np.float64))


def _part(name: str, part: slice, quantity: Quantity | None) -> Json:
    """A part of the observation."""
    place = {"name": name, "first": part.start, "size": part.stop - part.start}
    return place if quantity is None else place | _quantity(quantity)


def _quantity(quantity: Quantity) -> Json:
    """In words, and how a number becomes one in the unit."""
    told = dataclasses.asdict(quantity)
    return told | {name: np.asarray(told[name]).tolist() for name in ("one", "zero")}


def _bounds(controller: Controller) -> Json:
    return {"low": controller.scaling.low.tolist(), "high": controller.scaling.high.tolist()}


def _evaluation(controller: Controller) -> Json:
    found = controller.metadata.get("evaluation") or {}
    return {name: found[name] for name in EVALUATION if name in found}
