"""What is kept of a run while it goes on: the controller, and a checkpoint to continue from."""

import dataclasses
from typing import Any

import numpy as np

from robo_ddpg.agent.learner import Learner
from robo_ddpg.controller import FORMAT, Controller, versions
from robo_ddpg.envs.environment import Environment, size_of
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.settings import TrainSettings


def controller_of(
    agent: Learner, env: Environment, settings: TrainSettings, training_s: float
) -> Controller:
    """The policy as it is now, ready to be saved."""
    tensors = {name: tensor.numpy() for name, tensor in agent.policy_state().items()}
    actions = env.single_action_space
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "task": env.describe(),
        "observation_size": size_of(env.single_observation_space),
        "action_low": actions.low.tolist(),
        "action_high": actions.high.tolist(),
        "agent": dataclasses.asdict(settings.agent),
        "training": {
            "seed": settings.seed,
            "transitions": agent.transitions,
            "updates": agent.updates,
            "training_s": round(training_s, 2),
        },
        "versions": versions(),
    }
    return Controller(tensors, metadata)


def is_finite(controller: Controller) -> bool:
    """Whether it can act at all."""
    return all(np.isfinite(tensor).all() for tensor in controller.tensors.values())


def keep(controller: Controller, run: RunDirectory) -> None:
    """Save the controller of a run; evaluations of the one before are no longer true of it."""
    controller.save(run.controller)
    for path in (run.evaluation, run.episodes):
        path.unlink(missing_ok=True)
