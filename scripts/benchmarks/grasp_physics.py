"""Scripted grasps under other contact physics than the chosen one: the table of docs/results.md."""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.envs.robot_env import RobotVectorEnv
from tasks.arm.grasp import Grasp
from tasks.arm.grasp_demonstrator import GraspDemonstrator
from tasks.arm.grasp_scene import OBJECT

SIMULATIONS = 32
PICK_S, HOLD_S, SHAKE_S = 4.0, 10.0, 5.0
ROUNDS = 5
CHOSEN = "as chosen"
STROKE_STEPS = 3
"""Control steps for which the arm is shaken in one direction at full action."""
PYRAMIDAL = mujoco.mjtCone.mjCONE_PYRAMIDAL

Change = Callable[[mujoco.MjSpec], None]


def option(**values: Any) -> Change:
    """Set options of the scene."""

    def change(spec: mujoco.MjSpec) -> None:
        for name, value in values.items():
            setattr(spec.option, name, value)

    return change


def pairs(**values: Any) -> Change:
    """Set parameters of every contact pair."""

    def change(spec: mujoco.MjSpec) -> None:
        for pair in spec.pairs:
            for name, value in values.items():
                setattr(pair, name, value)

    return change


def friction(value: float) -> Change:
    """Set the sliding friction of every contact pair."""
    return pairs(friction=[value, value, 0.005, 0.0005, 0.0005])


VARIANTS: dict[str, tuple[Change, float]] = {
    CHOSEN: (option(), 0.0025),
    "timestep 2 ms": (option(), 0.002),
    "timestep 4.2 ms": (option(), 0.05 / 12),
    "timestep 5 ms": (option(), 0.005),
    "impratio 1": (option(impratio=1.0), 0.0025),
    "impratio 3": (option(impratio=3.0), 0.0025),
    "impratio 30": (option(impratio=30.0), 0.0025),
    "pyramidal cone, impratio 10": (option(cone=PYRAMIDAL), 0.0025),
    "pyramidal cone, impratio 1": (option(cone=PYRAMIDAL, impratio=1.0), 0.0025),
    "condim 4": (pairs(condim=4), 0.0025),
    "condim 6": (pairs(condim=6), 0.0025),
    "solref 0.005": (pairs(solref=[0.005, 1.0]), 0.0025),
    "solref 0.01": (pairs(solref=[0.01, 1.0]), 0.0025),
    "solref 0.02 (MuJoCo's default)": (pairs(solref=[0.02, 1.0]), 0.0025),
    "solimp 0.9 0.95 (MuJoCo's default)": (pairs(solimp=[0.9, 0.95, 0.001, 0.5, 2.0]), 0.0025),
    "friction 0.5": (friction(0.5), 0.0025),
    "noslip, 3 iterations": (option(noslip_iterations=3), 0.0025),
    "solver CG": (option(solver=mujoco.mjtSolver.mjSOL_CG), 0.0025),
    "integrator Euler": (option(integrator=mujoco.mjtIntegrator.mjINT_EULER), 0.0025),
}
"""What differs from the chosen contact physics, and the physics time step [s]."""


class ChangedGrasp(Grasp):
    """Grasp with other contact physics."""

    def __init__(self, change: Change, timestep_s: float) -> None:
        super().__init__(timestep_s=timestep_s, episode_s=100.0, yaw=False)
        self._change = change

    def build(self) -> mujoco.MjSpec:
        """The scene, changed."""
        spec = super().build()
        self._change(spec)
        return spec


@dataclass(frozen=True)
class Outcome:
    """What scripted grasps showed."""

    picked: float
    """Share of cubes that are held after picking."""
    penetration_mm: float
    """Deepest contact between control steps while picking, carrying and holding [mm]."""
    slip_mm_s: float
    """Fastest motion in the hand of any held cube, over a second, while it is kept still [mm/s]."""
    slip_median_mm_s: float
    """Median of the same over cubes and seconds [mm/s]."""
    shaken: float
    """Share of cubes still held after shaking, of those that were held."""
    speed: float
    """Speed of the physics alone, relative to the chosen one."""


class Trial:
    """Simulations that pick up their cubes once, and can do so again."""

    def __init__(self, change: Change, timestep_s: float) -> None:
        self.task = ChangedGrasp(change, timestep_s)
        self.env = RobotVectorEnv(SIMULATIONS, self.task, threads=1)
        self.hz = self.task.settings.control_hz
        self.depth_m = 0.0
        self._act = GraspDemonstrator(self.task).act
        self._observation, _ = self.env.reset(seed=0)
        self._commands: list[Any] = []
        for _ in range(round(PICK_S * self.hz)):
            self.demonstrate()
            self._commands.append(self.env.simulation.controls.copy())
            self.depth_m = max(self.depth_m, penetration(self.env))
        self.picked = self.task.held.copy()

    def demonstrate(self) -> None:
        """One step of the demonstrator."""
        self._observation = self.env.step(self._act(self._observation))[0]

    def slip(self) -> Any:
        """Motion of held cubes in the hand in each second, (seconds, held) [m/s]."""
        places = [in_hand(self.env)]
        for _ in range(round(HOLD_S)):
            for _ in range(round(self.hz)):
                self.demonstrate()
            self.depth_m = max(self.depth_m, penetration(self.env))
            places.append(in_hand(self.env))
        return np.linalg.norm(np.diff(places, axis=0), axis=2)[:, self.picked]

    def shake(self) -> float:
        """Share of held cubes that are still held after it."""
        rng = np.random.default_rng(0)
        for _ in range(round(SHAKE_S * self.hz / STROKE_STEPS)):
            action = np.sign(rng.uniform(-1, 1, (SIMULATIONS, 4))).astype(np.float32)
            action[:, 3] = -1.0
            for _ in range(STROKE_STEPS):
                self.env.step(action)
        return float(self.task.held[self.picked].mean())

    def again_s(self) -> float:
        """Processor time that the physics of picking takes [s]."""
        self.env.reset(seed=0)
        start = time.process_time()
        for command in self._commands:
            self.env.batch.rollout(command.shape[1], command, record=())
        return time.process_time() - start


def measure(trial: Trial, reference: Trial) -> Outcome:
    """Pick up cubes, hold them still, shake them; time it against the chosen physics, in turn."""
    slip = trial.slip()
    shaken = trial.shake()
    ratios = [reference.again_s() / trial.again_s() for _ in range(ROUNDS)]
    return Outcome(
        picked=float(trial.picked.mean()),
        penetration_mm=1e3 * trial.depth_m,
        slip_mm_s=1e3 * float(slip.max()),
        slip_median_mm_s=1e3 * float(np.median(slip)),
        shaken=shaken,
        speed=statistics.median(ratios),
    )


def penetration(env: RobotVectorEnv) -> float:
    """Deepest contact in any simulation [m]."""
    depths = [0.0]
    for i in range(env.num_envs):
        data = env.batch.get_data(i)
        mujoco.mj_forward(env.batch.get_model(i), data)
        depths += [-contact.dist for contact in data.contact]
    return max(depths)


def in_hand(env: RobotVectorEnv) -> Any:
    """Position of the cube as seen from the hand [m], (n, 3)."""
    model, batch = env.task.model, env.batch
    hand, body = model.site("tip").id, model.body(OBJECT).id
    axes = batch.bind("site_xmat")[:, hand].reshape(-1, 3, 3)
    offset = batch.bind("xpos")[:, body] - batch.bind("site_xpos")[:, hand]
    return np.einsum("nij,ni->nj", axes, offset)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    print(
        "| physics | picked | deepest contact | slip, worst | median | held when shaken | speed |"
    )
    print("|---|---|---|---|---|---|---|")
    reference = Trial(*VARIANTS[CHOSEN])
    for name in parser.parse_args().only:
        outcome = measure(Trial(*VARIANTS[name]), reference)
        print(
            f"| {name} | {outcome.picked:.0%} | {outcome.penetration_mm:.2f} mm "
            f"| {outcome.slip_mm_s:.2f} mm/s | {outcome.slip_median_mm_s:.3f} mm/s "
            f"| {outcome.shaken:.0%} | {outcome.speed:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
