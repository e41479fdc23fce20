"""Task definitions: what is to be learned.

Everything here is MuJoCo and NumPy; how tasks are simulated, learned and shown is in `robo_ddpg`.
"""

from tasks.arm.grasp import Grasp, GraspAny
from tasks.arm.grasp_settings import GraspSettings
from tasks.arm.reach import Reach, ReachSettings
from tasks.arm.task import ArmTask
from tasks.legged.planar import PlanarSettings
from tasks.legged.quadruped import Quadruped, QuadrupedSettings
from tasks.legged.runner import Runner
from tasks.legged.stepping import Hopper, Walker
from tasks.legged.task import LeggedTask
from tasks.registry import UnknownTaskError, make, names, register, summary
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
