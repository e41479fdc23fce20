"""Robot simulation, control and learning: MuJoCo tasks as Gymnasium environments, driven by DDPG.

Importing this package registers the environments `robo_ddpg/Reach-v0` and so on, and is quick:
MuJoCo is imported with the first environment, PyTorch with the first training.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from robo_ddpg.rendering import gl

gl.configure()

import tasks  # noqa: E402 - OpenGL is chosen before MuJoCo is first imported

if getattr(tasks, "DISTRIBUTION", None) != "robo-ddpg":
    raise ImportError(
        f"robo_ddpg needs its own package `tasks`, but {tasks.__file__} was imported in its place; "
        "remove or rename that one, or start Python in another directory"
    )

from robo_ddpg.envs.registration import register_environments  # noqa: E402

if TYPE_CHECKING:
    from robo_ddpg.api import Run, record, train, train_seeds
    from robo_ddpg.control.action_limits import ActionLimits
    from robo_ddpg.controller import Controller
    from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv
    from robo_ddpg.envs.wrappers import SafeAction, SafeVectorAction
    from robo_ddpg.evaluation.comparison import compare
    from robo_ddpg.evaluation.evaluate import evaluate
    from robo_ddpg.recording.demonstrate import demonstrate
    from robo_ddpg.recording.recorder import record_episodes

register_environments()

__version__ = "0.1.0"

_MODULE_OF = {
    "ActionLimits": "control.action_limits",
    "Controller": "controller",
    "RobotEnv": "envs.robot_env",
    "RobotVectorEnv": "envs.robot_env",
    "Run": "api",
    "SafeAction": "envs.wrappers",
    "SafeVectorAction": "envs.wrappers",
    "compare": "evaluation.comparison",
    "demonstrate": "recording.demonstrate",
    "evaluate": "evaluation.evaluate",
    "record": "api",
    "record_episodes": "recording.recorder",
    "train": "api",
    "train_seeds": "api",
}

__all__ = [
    "ActionLimits",
    "Controller",
    "RobotEnv",
    "RobotVectorEnv",
    "Run",
    "SafeAction",
    "SafeVectorAction",
    "compare",
    "demonstrate",
    "evaluate",
    "record",
    "record_episodes",
    "train",
    "train_seeds",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
