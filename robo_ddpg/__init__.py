"""Robot simulation, control and learning: MuJoCo tasks as Gymnasium environments, driven by DDPG.

Importing this package registers the environments `robo_ddpg/Reach-v0` and so on. It does not
import PyTorch; training does.
"""

from robo_ddpg.rendering import gl

gl.configure()

import tasks  # noqa: E402 - OpenGL is chosen before MuJoCo is first imported

if getattr(tasks, "DISTRIBUTION", None) != "robo-ddpg":
    raise ImportError(
        f"robo_ddpg needs its own package `tasks`, but {tasks.__file__} was imported in its place; "
        "remove or rename that one, or start Python in another directory"
    )

from robo_ddpg.controller import Controller  # noqa: E402
from robo_ddpg.envs.registration import register_environments  # noqa: E402
from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv  # noqa: E402
from robo_ddpg.envs.wrappers import ActionLimits, SafeAction, SafeVectorAction  # noqa: E402
from robo_ddpg.evaluation.evaluate import evaluate  # noqa: E402
from robo_ddpg.recording.recorder import record_episodes  # noqa: E402

register_environments()

__version__ = "0.1.0"

__all__ = [
    "ActionLimits",
    "Controller",
    "RobotEnv",
    "RobotVectorEnv",
    "SafeAction",
    "SafeVectorAction",
    "evaluate",
    "record_episodes",
]
