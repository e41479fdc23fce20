"""Fly: recover from any attitude and motion, go to a random point and hold it."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask, clip, norm
from tasks.commands import Command
from tasks.flying.learning import FLYING
from tasks.flying.task import FlyingSettings, FlyingTask, points
from tasks.goals import FAR, goal_commanded
from tasks.mirror import Reflection, vector
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness, tolerance
from tasks.rotation import to_body
from tasks.scene import add_marker
from tasks.steering import Steering, goal_steering

COARSE_M = 2.0
"""Distance that is observed as 1 from afar [m] ..."""
FINE_M = 0.2
"""... and from near [m]."""
APPROACH_S, CRUISE_M_S = 0.5, 1.5
"""One should fly to the goal as if to be there in this time [s], at this speed at most [m/s]."""
OFF_COURSE_M_S = 1.0
"""Velocity off that, at which a quarter of `course` is left [m/s]."""
NEAR_M, ON_GOAL_M = 0.2, 0.05
"""Distances at which a quarter of the terms `near` and `on_goal` is left [m]."""
STEADY_RAD_S = 10.0
"""Angular velocity at which a quarter of `steady` is left [rad/s]."""
SMOOTH = 0.15
"""Change of the commands in a control step, as a share of their range, at which a tenth of `smooth`
is left."""


@dataclass(frozen=True)
class FlySettings(FlyingSettings):
    """Settings of `fly`."""

    tolerance_m: float = 0.05
    """Success: the vehicle is this close to the goal [m] ..."""
    hold_s: float = 1.0
    """... and has been for at least this long [s]."""
    goal_low_m: tuple[float, float, float] = (-1.0, -1.0, 1.0)
    """Lower corner of the box that goals are drawn from [m]."""
    goal_high_m: tuple[float, float, float] = (1.0, 1.0, 2.5)
    """Upper corner [m]."""

    def __post_init__(self) -> None:
        """Check what `FlyingSettings` checks, and the goal box."""
        super().__post_init__()
        if not np.all(np.less(self.goal_low_m, self.goal_high_m)):
            raise ValueError(f"goal_low_m must lie below goal_high_m, got {self}")
        if self.tolerance_m <= 0 or self.hold_s < 0:
            raise ValueError(f"tolerance_m must be positive, hold_s non-negative, got {self}")


class Fly(FlyingTask):
    """Recover a quadrotor from any attitude, tumbling, fly to a random point and hold it.

    Everything is observed in the vehicle's frame, so that it does not matter where it heads.

    Reward terms, each in [0, 1]:

    - `course` pays for flying towards the goal, the slower the nearer: it shows within tenths of a
      second what a distance shows after seconds, when much else has been done.
    - `near` and `on_goal` draw the vehicle to the goal.
    - `upright` and `steady` pay for not lying on its back and not tumbling.
    - `smooth` pays for commands that change little, because twitching wears motors out.
    """

    name = "fly"
    solved = "held at the goal"
    demonstrator = "tasks.flying.demonstrator:GeometricController"
    learning = FLYING
    weights = {  # noqa: RUF012 - never changed
        "course": 0.4,
        "near": 0.15,
        "on_goal": 0.15,
        "upright": 0.1,
        "steady": 0.1,
        "smooth": 0.1,
    }

    settings: FlySettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(FlySettings(**settings))

    def build(self) -> mujoco.MjSpec:
        """The vehicle, and the goal marker."""
        scene = super().build()
        add_marker(scene, "goal", self.settings.tolerance_m)
        return scene

    def bind(self, batch: Batch) -> None:
        """Keep views of the state and the goal."""
        super().bind(batch)
        self.goal = batch.bind("mocap_pos")[:, batch.model.body("goal").mocapid[0]]
        """Where the vehicle is to be [m], (n, 3)."""
        self._held = np.zeros(batch.nsim, int)
        self._hold_steps = max(1, round(self.settings.hold_s * self.settings.control_hz))
        self._aim()

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Draw a goal too, uniformly from the goal box."""
        super().reset(ids, rngs)
        self.goal[ids] = points(rngs, self.settings.goal_low_m, self.settings.goal_high_m)
        self._held[ids] = 0

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        super().started(ids)
        self._aim()

    def advance(self) -> None:
        """Count how long the vehicle has been at the goal."""
        super().advance()
        self._aim()
        self._held = np.where(self.distance < self.settings.tolerance_m, self._held + 1, 0)

    def _aim(self) -> None:
        """Where the goal is, seen from the vehicle."""
        away = self.goal - self.position
        self.distance = norm(away)
        """To the goal [m], (n,)."""
        self._to_goal = to_body(self._rotation, away)

    def _course(self) -> Array:
        """Velocity that leads to the goal [m/s], in the vehicle's frame, (n, 3)."""
        return self._to_goal / np.maximum(APPROACH_S, self.distance / CRUISE_M_S)[:, None]

    def observe(self) -> dict[str, Array]:
        """The way to the goal, coarse and fine, and the vehicle's motion, in its frame."""
        return {
            "to_goal": self._to_goal / COARSE_M,
            "to_goal_fine": clip(self._to_goal / FINE_M, -FAR, FAR),
            **super().observe(),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        way = "from the vehicle to the goal"
        limit = FAR * FINE_M
        return {
            "to_goal": Quantity(way, "m", COARSE_M),
            "to_goal_fine": Quantity(f"{way}, clipped to {limit:g} m either way", "m", FINE_M),
            **super().observed(),
        }

    def steering(self) -> Steering | None:
        """Where the vehicle should be, within the box that goals are drawn from."""
        low, high = self.settings.goal_low_m, self.settings.goal_high_m
        return goal_steering(low, high, self.goal, self.position)

    def reflections(self, axis: int) -> dict[str, Reflection]:
        """Those of the way to the goal too."""
        ways = dict.fromkeys(("to_goal", "to_goal_fine"), vector(axis))
        return ways | super().reflections(axis)

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        change = np.sqrt(np.square(self.command_change).mean(1))
        return {
            "course": closeness(norm(self.velocity - self._course()), OFF_COURSE_M_S),
            "near": closeness(self.distance, NEAR_M),
            "on_goal": closeness(self.distance, ON_GOAL_M),
            "upright": 0.5 + 0.5 * self.up[:, 2],
            "steady": closeness(norm(self.turn), STEADY_RAD_S),
            "smooth": tolerance(change, margin=SMOOTH),
        }

    def success(self) -> Mask:
        """At the goal, and has been for the holding time."""
        return self._held >= self._hold_steps

    def metrics(self) -> dict[str, Array]:
        """Distance between the vehicle and the goal."""
        return {"distance_m": self.distance.copy()}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"distance_m": Measure("distance to the goal", "m")}

    def commands(self) -> dict[str, Array]:
        """The goal."""
        return {"goal": self.goal.copy()}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        return dict(goal_commanded(self.settings.tolerance_m))
