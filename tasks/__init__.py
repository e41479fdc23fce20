"""Task definitions: what is to be learned.

Everything here is MuJoCo and NumPy; how tasks are simulated, learned and shown is in `robo_ddpg`.
"""

from tasks.arm_task import ArmTask
from tasks.grasp import Grasp, GraspAny
from tasks.grasp_settings import GraspSettings
from tasks.legged_task import LeggedTask
from tasks.locomotion import Runner
from tasks.planar import PlanarSettings
from tasks.quadruped import Quadruped, QuadrupedSettings
from tasks.reach import Reach, ReachSettings
from tasks.registry import UnknownTaskError, make, names, register, summary
from tasks.stepping import Hopper, Walker
from tasks.task import GoalTask, Task

DISTRIBUTION = "robo-ddpg"
"""Tells this package apart from any other top-level package called `tasks`."""

register("reach", Reach)
register("grasp", Grasp)
register("grasp-any", GraspAny)
register("locomotion", Runner)
register("locomotion-quadruped", Quadruped)
register("locomotion-hopper", Hopper)
register("locomotion-walker", Walker)

__all__ = [
    "DISTRIBUTION",
    "ArmTask",
    "GoalTask",
    "Grasp",
    "GraspAny",
    "GraspSettings",
    "Hopper",
    "LeggedTask",
    "PlanarSettings",
    "Quadruped",
    "QuadrupedSettings",
    "Reach",
    "ReachSettings",
    "Runner",
    "Task",
    "UnknownTaskError",
    "Walker",
    "make",
    "names",
    "register",
    "summary",
]
