"""Trying an adopted robot before anything is learned: can it be trained?"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.adopt import Adoption
from robo_ddpg.control.entry_points import load
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import make_environment
from tasks.arrays import Array
from tasks.described.joint import DrivenJoint
from tasks.described.reading import written

EPISODES = 50
"""Of the scripted solution."""
RANDOM_STEPS = 60
"""Control steps of random bang-bang motion, the hardest to follow."""
ENOUGH = 0.9
"""Share of scripted episodes that have to be solved."""
TOLERATED = {"joint_position": 0.05, "joint_velocity": 0.5, "hand_speed": 0.5, "workspace": 0.03}
"""Limit -> overshoot under random motion beyond which the arm is out of control [rad, rad/s, m/s,
m]."""
SEED = 30_000


@dataclass(frozen=True)
class Trial:
    """What was measured."""

    reachable: float
    """Share of the grid over the table that the arm gets to."""
    solved: float
    """Share of the scripted episodes of `reach` that were solved."""
    worst_m: float
    """Greatest distance from the goal at their ends [m]."""
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
    grasped: float | None
    """Share of the scripted episodes of `grasp` that were solved; None without a gripper."""

    @property
    def grasps(self) -> bool:
        """Whether `grasp` can be trained."""
        return self.grasped is not None and self.grasped >= ENOUGH

    @property
    def objections(self) -> list[str]:
        """Why `reach` cannot be trained, as clauses; empty if it can."""
        found = []
        if self.solved < ENOUGH:
            found.append(f"the scripted solution solves {self.solved:.0%}, not {ENOUGH:.0%}")
        if self.unstable:
            found.append("random motion makes the simulation unstable")
        far = [name for name, most in TOLERATED.items() if self.overshoot[name] > most]
        if far:
            found.append(f"the arm does not follow its commands ({', '.join(far)})")
        return found


def measure(adoption: Adoption) -> Trial:
    """Try an adopted robot."""
    env = make_environment("reach", EPISODES, threads=1, robot=written(adoption.robot))
    try:
        solved, distance, speed = _scripted(env)
        unstable, overshoot, weak = shaken(env)
    finally:
        env.close()
    return Trial(
        reachable=float(adoption.found.grid.reached.mean()),
        solved=solved,
        worst_m=distance,
        steps_per_s=speed,
        unstable=unstable,
        overshoot=overshoot,
        weak=weak,
        collisions=tuple(collisions(adoption.opened.model, adoption.robot.joint)),
        grasped=_grasped(adoption) if adoption.robot.gripper else None,
    )


def _grasped(adoption: Adoption) -> float:
    env = make_environment("grasp", EPISODES, threads=1, robot=written(adoption.robot))
    try:
        return _scripted(env)[0]
    finally:
        env.close()


def _scripted(env: GuardedEnvironment) -> tuple[float, float, float]:
    """Share that is solved, worst distance [m], steps per second."""
    assert env.simulation is not None
    task = env.simulation.task
    script = load(str(task.demonstrator))(task)
    observation, _ = env.reset(seed=SEED)
    start = time.perf_counter()
    for _ in range(task.episode_steps):
        observation, *_, info = env.step(script.act(observation))
    seconds = time.perf_counter() - start
    distance = info["metrics"]["distance_m"]
    steps = env.num_envs * task.episode_steps
    return float(info["is_success"].mean()), float(distance.max()), steps / seconds


def shaken(env: GuardedEnvironment) -> tuple[int, dict[str, float], bool]:
    """Under random bang-bang motion.

    Returns:
        How many became unstable, how far limits were overstepped, whether torques were cut off.
    """
    rng = np.random.default_rng(SEED)
    env.reset(seed=SEED)
    unstable = np.zeros(env.num_envs, bool)
    for step in range(RANDOM_STEPS):
        if step % 5 == 0:
            action = np.sign(rng.uniform(-1, 1, (env.num_envs, *env.single_action_space.shape)))
        *_, info = env.step(action.astype(np.float32))
        unstable |= info["unstable"]
    overshoot = {name: float(_finite(values)) for name, values in info["violations"].items()}
    return int(unstable.sum()), overshoot, bool(info["safety"]["torque"]["count"].any())


def _finite(values: Array) -> float:
    return float(np.nan_to_num(values, nan=np.inf).max())


def collisions(model: mujoco.MjModel, joints: Iterable[DrivenJoint]) -> Iterator[str]:
    """Pairs of bodies of a robot's own file that touch at home, deeper than a millimetre.

    Args:
        model: of the file.
        joints: of the robot.
    """
    data = mujoco.MjData(model)
    for joint in joints:
        data.qpos[model.joint(joint.name).qposadr[0]] = joint.home_rad
    mujoco.mj_forward(model, data)
    found: set[tuple[str, str]] = set()
    for contact in data.contact:
        if contact.dist < -1e-3:
            one, two = (model.body(int(model.geom_bodyid[g])).name for g in contact.geom)
            found.add((min(one, two), max(one, two)))
    yield from (f"{one} and {two}" for one, two in sorted(found))
