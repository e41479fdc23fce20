"""Drive a robot behind a queue with `robo_ddpg.deploy`, and compare with the evaluation.

The robot is a plain MuJoCo loop with servos: it measures at its own clock, and messages take time
both ways. Every episode starts as one of the evaluation does.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from benchmark import Line, keep
from queued_robot import Link, QueuedRobot

from robo_ddpg.controller import Controller
from robo_ddpg.deploy.arm_runtime import ArmRuntime
from robo_ddpg.deploy.messages import Setpoints
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.evaluate import SEED, evaluate
from tasks.arm.grasp import Grasp
from tasks.arm.task import ArmTask


@dataclass
class Outcome:
    """What became of some episodes."""

    solved: list[bool] = field(default_factory=list)
    step_s: list[float] = field(default_factory=list)
    """Time of each step of the runtime [s]."""
    overshoot: float = -np.inf
    """Farthest beyond a joint's limit [rad or rad/s]."""
    starved: int = 0
    """Physics steps without a set-point."""


class Trial:
    """Episodes of one controller on the robot."""

    def __init__(self, name: str, link: Link) -> None:
        self.controller = Controller.find(name)
        self.runtime, self.link = ArmRuntime(self.controller), link
        task = make_task_of(self.controller.task)
        assert isinstance(task, ArmTask)
        self.env, self.task, self.outcome = RobotVectorEnv(1, task), task, Outcome()

    def run(self, seed: int) -> bool:
        """One episode; whether it was solved at its end."""
        self.env.reset(seed=seed)
        batch, settings = self.env.simulation.batch, self.task.settings
        robot = QueuedRobot(
            batch.get_model(0), self.task.arm, batch.bind("qpos")[0], batch.bind("mocap_pos")[0, 0]
        )
        self._tell_object()
        self.runtime.start(robot.measure())
        held, needed = 0, round(getattr(settings, "hold_s", 0.0) * settings.control_hz)
        for _ in range(self.task.episode_steps):
            robot.receive(self._asked(robot), robot.data.time + self.link.delay_s())
            for _ in range(self.task.substeps):
                robot.step()
            held = held + 1 if self._there(robot) else 0
        self.outcome.overshoot = max(self.outcome.overshoot, robot.overshoot)
        self.outcome.starved += robot.starved
        self.outcome.solved.append(held >= needed)
        return self.outcome.solved[-1]

    def _tell_object(self) -> None:
        """What is to be grasped is known beforehand."""
        if isinstance(self.task, Grasp) and isinstance(self.runtime.task, Grasp):
            lying = self.task.objects
            self.runtime.task.objects.put(0, int(lying.kind[0]), float(lying.half_m[0]))

    def _asked(self, robot: QueuedRobot) -> Setpoints:
        """What the policy answers to what the robot measures."""
        measurement, start = robot.measure(), time.perf_counter()
        setpoints = self.runtime.step(measurement)
        self.outcome.step_s.append(time.perf_counter() - start)
        return setpoints

    def _there(self, robot: QueuedRobot) -> bool:
        moved = robot.model.body("object").id if isinstance(self.task, Grasp) else -1
        tip = robot.data.site(self.task.arm.tip).xpos
        point = tip if moved < 0 else robot.data.xpos[moved]
        distance = float(np.linalg.norm(robot.data.mocap_pos[0] - point))
        return distance < getattr(self.task.settings, "tolerance_m", 0.0)


def main() -> None:
    """Print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("controllers", nargs="*", default=["reach", "grasp"])
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--latency-ms", type=float, default=4.0, help="of a round trip, at least")
    parser.add_argument("--jitter-ms", type=float, default=4.0, help="what it may take longer")
    options = parser.parse_args()
    keep("deploy", (line for name in options.controllers for line in lines(name, options)))


def lines(name: str, options: argparse.Namespace) -> Iterator[Line]:
    """The figures of one controller."""
    trial = Trial(name, Link(options.latency_ms / 1e3, options.jitter_ms / 1e3))
    note = f"{options.episodes} episodes, {options.latency_ms:g} + {options.jitter_ms:g} ms"
    for k in range(options.episodes):
        trial.run(SEED + k)
    expected = evaluate(name, episodes=options.episodes, seed=SEED)
    found, times = trial.outcome, np.array(trial.outcome.step_s) * 1e3
    solved, slow = float(np.mean(found.solved)), float(np.percentile(times, 99))
    beyond = f"{name}: farthest beyond a limit"
    yield Line(f"{name}: solved behind the queue", solved, "", note=note)
    yield Line(f"{name}: solved in the evaluation", float(expected.summary()["success_rate"]), "")
    yield Line(beyond, found.overshoot, "rad, rad/s", target=0.0, at_least=False)
    yield Line(f"{name}: 99 % of steps within", slow, "ms", target=1.0, at_least=False)


if __name__ == "__main__":
    main()
