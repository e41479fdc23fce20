"""Trying an adopted robot on legs before anything is learned: can it be trained?"""

import time
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.adopt.legs.adopt import Adoption
from robo_ddpg.adopt.trial import SEED, collisions, shaken
from robo_ddpg.envs.names import make_environment
from tasks.arrays import Array
from tasks.described.reading import written
from tasks.legged.described.description import Robot
from tasks.legged.described.mounting import TIMESTEP_S, foot_site, model_on_ground
from tasks.legged.gait import STILL

TASK = "locomotion-quadruped"
EPISODES = 16
"""Of standing and of trotting."""
SECONDS = 5.0
"""Length of these [s]."""
ENOUGH = 0.9
"""Share of them that have to end upright."""
SETTLED_S = 1.0
"""Time after which contacts at home are looked at [s]."""
_CALM: dict[str, Any] = {
    "random_push_n": 0.0,
    "sideways_m_s": (0.0, 0.0),
    "turn_rad_s": (0.0, 0.0),
    "episode_s": SECONDS,
    "command_s": SECONDS,
}


@dataclass(frozen=True)
class Trial:
    """What was measured."""

    stood: float
    """Share of the episodes in which it stood to the end."""
    trotted: float
    """Share in which it trotted on the spot, with no policy, and stayed upright."""
    lifted_m: float
    """How high the foot that rises least rises in the trot [m]."""
    depth_m: float
    """How deep feet are in the ground at home [m]."""
    touching: tuple[str, ...]
    """Geoms besides the feet that touch the ground at home."""
    steps_per_s: float
    """Control steps of all simulations per second [1/s]."""
    unstable: int
    """Simulations that became unstable under random motion."""
    overshoot: dict[str, float]
    """Limit -> how far it was overstepped, 0 where it was kept."""
    weak: bool
    """Whether the torque limits cut something off."""
    collisions: tuple[str, ...]
    """What of the robot is in contact with itself at home, in its own file."""

    @property
    def objections(self) -> list[str]:
        """Why it cannot be trained, as clauses; empty if it can."""
        found = []
        if self.stood < ENOUGH:
            found.append(f"it stands in {self.stood:.0%} of the episodes, not {ENOUGH:.0%}")
        if self.trotted < ENOUGH:
            found.append(f"it falls in the trot on the spot in {1 - self.trotted:.0%} of them")
        if self.unstable:
            found.append("random motion makes the simulation unstable")
        return found


def measure(adoption: Adoption) -> Trial:
    """Try an adopted robot."""
    robot = adoption.robot
    stood, _, _ = _episodes(robot, 0.0)
    trotted, places, speed = _episodes(robot, STILL)
    unstable, overshoot, weak = _shaken(robot)
    depth, touching = _at_home(robot)
    return Trial(
        stood=stood,
        trotted=trotted,
        lifted_m=_lifted(robot, places),
        depth_m=depth,
        touching=touching,
        steps_per_s=speed,
        unstable=unstable,
        overshoot=overshoot,
        weak=weak,
        collisions=tuple(collisions(adoption.opened.model, robot.joint)),
    )


def _episodes(robot: Robot, forward_m_s: float) -> tuple[float, Array, float]:
    """Episodes of action 0: share without a fall, positions of the first, steps per second.

    Args:
        robot: the robot.
        forward_m_s: what is commanded; 0 lets it stand, more lets it trot on the spot [m/s].
    """
    forward = (forward_m_s, forward_m_s)
    share = 0.0 if forward_m_s else 1.0
    settings = {**_CALM, "forward_m_s": forward, "stand_share": share, "robot": written(robot)}
    env = make_environment(TASK, EPISODES, threads=1, **settings)
    try:
        env.reset(seed=SEED)
        assert env.simulation is not None
        task = env.simulation.task
        action = np.zeros((env.num_envs, *env.single_action_space.shape), np.float32)
        fell, places = np.zeros(env.num_envs, bool), []
        start = time.process_time()
        for _ in range(task.episode_steps):
            _, _, terminated, _, _ = env.step(action)
            fell |= terminated
            places.append(env.simulation.batch.bind("qpos")[0].copy())
        seconds = time.process_time() - start
        return float(1 - fell.mean()), np.array(places), env.num_envs * len(places) / seconds
    finally:
        env.close()


def _shaken(robot: Robot) -> tuple[int, dict[str, float], bool]:
    env = make_environment(TASK, EPISODES, threads=1, robot=written(robot))
    try:
        return shaken(env)
    finally:
        env.close()


def _lifted(robot: Robot, places: Array) -> float:
    """Least height over the feet of their greatest heights above the ground [m]."""
    model = model_on_ground(robot)
    data = mujoco.MjData(model)
    heights = []
    for place in places:
        data.qpos[:] = place
        mujoco.mj_kinematics(model, data)
        heights.append([data.site(foot_site(leg)).xpos[2] - leg.foot_radius_m for leg in robot.leg])
    return float(np.max(heights, axis=0).min())


def _at_home(robot: Robot) -> tuple[float, tuple[str, ...]]:
    """How deep feet are in the ground [m], and what else touches it."""
    model = model_on_ground(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_step(model, data, nstep=round(SETTLED_S / TIMESTEP_S))
    feet = {f"{foot_site(leg)}_collision" for leg in robot.leg}
    touching = {model.geom(int(g)).name for pair in data.contact.geom for g in pair}
    depth = -min(data.contact.dist, default=0.0)
    return float(depth), tuple(sorted(touching - feet - {"floor"}))
