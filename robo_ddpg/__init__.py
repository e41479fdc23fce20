"""Robot simulation, control and learning: MuJoCo tasks as Gymnasium environments, driven by DDPG.

Importing this package registers the environments `robo_ddpg/Reach-v0` and so on, and is quick:
MuJoCo is imported with the first environment, PyTorch with the first training.
"""

import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robo_ddpg.rendering import gl

gl.configure()


def _import_tasks() -> None:
    """The package `tasks` beside this one, whatever else has that name beside a user's script."""
    if "tasks" not in sys.modules:
        place = Path(__file__).parents[1] / "tasks" / "__init__.py"
        spec = importlib.util.spec_from_file_location("tasks", place)
        assert spec is not None and spec.loader is not None
        sys.modules["tasks"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["tasks"])
    found = sys.modules["tasks"]
    if getattr(found, "DISTRIBUTION", None) != "robo-ddpg":
        raise ImportError(
            f"robo_ddpg needs its own package `tasks`, but {found.__file__} was imported before; "
            "import robo_ddpg first, or rename that one"
        )


_import_tasks()

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
