"""Task definitions: what is to be learned.

Everything here is MuJoCo and NumPy; how tasks are simulated, learned and shown is in `robo_ddpg`.
Tasks are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tasks.registry import UnknownTaskError, factory, make, names, register, summary

if TYPE_CHECKING:
    from tasks.arm.grasp import Grasp, GraspAny
    from tasks.arm.grasp_settings import GraspSettings
    from tasks.arm.reach import Reach, ReachSettings
    from tasks.arm.sparse import GraspSparse, ReachSparse
    from tasks.arm.task import ArmTask
    from tasks.driving.car_park.settings import ParkSettings
    from tasks.driving.drive import Drive
    from tasks.driving.park import Park
    from tasks.driving.road.settings import DriveSettings
    from tasks.flying.fly import Fly, FlySettings
    from tasks.flying.gates import FlyGates
    from tasks.flying.track import FlyTrack
    from tasks.legged.planar import PlanarSettings
    from tasks.legged.quadruped import Quadruped, QuadrupedSettings
    from tasks.legged.runner import Runner
    from tasks.legged.stepping import Hopper, Walker
    from tasks.legged.task import LeggedTask
    from tasks.task import GoalTask, Task

DISTRIBUTION = "robo-ddpg"
"""Tells this package apart from any other top-level package called `tasks`."""

_MODULES = {
    "tasks.arm.grasp": ("Grasp", "GraspAny"),
    "tasks.arm.grasp_settings": ("GraspSettings",),
    "tasks.arm.reach": ("Reach", "ReachSettings"),
    "tasks.arm.sparse": ("GraspSparse", "ReachSparse"),
    "tasks.arm.task": ("ArmTask",),
    "tasks.driving.car_park.settings": ("ParkSettings",),
    "tasks.driving.drive": ("Drive",),
    "tasks.driving.park": ("Park",),
    "tasks.driving.road.settings": ("DriveSettings",),
    "tasks.flying.fly": ("Fly", "FlySettings"),
    "tasks.flying.gates": ("FlyGates",),
    "tasks.flying.track": ("FlyTrack",),
    "tasks.legged.planar": ("PlanarSettings",),
    "tasks.legged.quadruped": ("Quadruped", "QuadrupedSettings"),
    "tasks.legged.runner": ("Runner",),
    "tasks.legged.stepping": ("Hopper", "Walker"),
    "tasks.legged.task": ("LeggedTask",),
    "tasks.task": ("GoalTask", "Task"),
}
_MODULE_OF = {name: module for module, names_ in _MODULES.items() for name in names_}

register("reach", "tasks.arm.reach:Reach")
register("grasp", "tasks.arm.grasp:Grasp")
register("grasp-any", "tasks.arm.grasp:GraspAny")
register("reach-sparse", "tasks.arm.sparse:ReachSparse")
register("grasp-sparse", "tasks.arm.sparse:GraspSparse")
register("locomotion", "tasks.legged.runner:Runner")
register("locomotion-quadruped", "tasks.legged.quadruped:Quadruped")
register("locomotion-hopper", "tasks.legged.stepping:Hopper")
register("locomotion-walker", "tasks.legged.stepping:Walker")
register("drive", "tasks.driving.drive:Drive")
register("drive-park", "tasks.driving.park:Park")
register("fly", "tasks.flying.fly:Fly")
register("fly-gates", "tasks.flying.gates:FlyGates")
register("fly-track", "tasks.flying.track:FlyTrack")

__all__ = [
    "DISTRIBUTION",
    "ArmTask",
    "Drive",
    "DriveSettings",
    "Fly",
    "FlyGates",
    "FlySettings",
    "FlyTrack",
    "GoalTask",
    "Grasp",
    "GraspAny",
    "GraspSettings",
    "GraspSparse",
    "Hopper",
    "LeggedTask",
    "Park",
    "ParkSettings",
    "PlanarSettings",
    "Quadruped",
    "QuadrupedSettings",
    "Reach",
    "ReachSettings",
    "ReachSparse",
    "Runner",
    "Task",
    "UnknownTaskError",
    "Walker",
    "factory",
    "make",
    "names",
    "register",
    "summary",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
